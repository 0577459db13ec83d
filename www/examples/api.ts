import { Engine } from '../vitrine.js';

// 400 pictures of 8×8 pixels: noise with one bright bar, upright (class 0) or lying (class 1).
const n = 400;
const images = Float32Array.from({ length: n * 64 }, () => Math.random() * 0.4);
const labels = Uint32Array.from({ length: n }, (_, i) => i % 2);
for (let i = 0; i < n; i++) {
  const place = Math.floor(Math.random() * 8);
  for (let k = 0; k < 8; k++) images[i * 64 + (labels[i] ? place * 8 + k : k * 8 + place)] = 0.9;
}

const print = (text: string): void => document.querySelector('output')!.append(`${text}\n`);
const shades = [...' .:-=+*#%@'];

const engine = await Engine.create();
print(`Device: ${(await engine.info()).name}`);
const model = await engine.model(
  [
    { type: 'conv', filters: 8, kernel: 3 },
    { type: 'activation', function: 'relu' },
    { type: 'max-pool', size: 2 },
    { type: 'dense', units: 2 },
  ],
  { input: [1, 8, 8] },
);
const { trainer } = await model.train({ images, labels }, { epochs: 10, learningRate: 0.01 });
print(`Accuracy on held-out pictures: ${(100 * (await trainer.evaluate('validation')).accuracy).toFixed(1)} %`);

const { maps, width } = await model.explain('saliency', images.subarray(0, 64));
const largest = maps.reduce((a, b) => Math.max(a, b));
print('Which pixels of the first picture speak for its class:');
for (let row = 0; row < maps.length; row += width) {
  print([...maps.subarray(row, row + width)].map((value) => shades[Math.round((9 * value) / largest)]).join(' '));
}
engine.dispose();
