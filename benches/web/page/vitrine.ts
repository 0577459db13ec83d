/** W1 through Vitrine's public API, as a page would write it: worker, data set, model, trainer. */

import { Engine } from '../../../www/engine/client.ts';
import { BATCH, BATCHES, CLASSES, LEARNING_RATE, SIDE, images, type Contestant } from './workload.ts';

export async function vitrine(device: 'cpu' | 'gpu-software'): Promise<Contestant> {
  const engine = await Engine.create({ device });
  // A fifth is held out for validation, so that as many batches remain as the other contestants have.
  const { pixels, labels } = images((BATCH * BATCHES * 5) / 4);
  const classes = Array.from({ length: CLASSES }, (_, i) => String(i));
  const data = await engine.dataset({ kind: 'arrays', images: pixels, labels, shape: [1, SIDE, SIDE], classes });
  const model = await engine.model(
    [
      { type: 'conv', filters: 16, kernel: 3, padding: 'same' },
      { type: 'activation', function: 'relu' },
      { type: 'max-pool', size: 2 },
      { type: 'conv', filters: 32, kernel: 3, padding: 'same' },
      { type: 'activation', function: 'relu' },
      { type: 'max-pool', size: 2 },
      { type: 'flatten' },
      { type: 'dense', units: CLASSES },
    ],
    { input: [1, SIDE, SIDE] },
  );
  const trainer = await model.trainer(data, {
    batchSize: BATCH,
    optimizer: { type: 'adam' },
    learningRate: LEARNING_RATE,
    seed: 1,
  });
  const { name } = await engine.info();
  return {
    name: `Vitrine ${device} (${name})`,
    async run(steps) {
      const { metrics, divergence } = await trainer.run(steps);
      if (divergence) throw new Error(divergence.message);
      return metrics[metrics.length - 1].loss;
    },
  };
}
