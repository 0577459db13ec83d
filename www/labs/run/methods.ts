/** The methods of the engine, as the page speaks of them. */
export interface MethodInfo {
  id: string;
  title: string;
  /** The question it answers. */
  answers: string;
  /** Where it misleads. */
  misleads: string;
  /** TeX. */
  formula: string;
  /** Whether it looks at one layer. */
  usesLayer: boolean;
}

export const METHODS: readonly MethodInfo[] = [
  {
    id: 'saliency',
    title: 'Saliency',
    answers: 'Which pixels would change the score of the class most if they changed a little?',
    misleads: 'It is a local slope, not a contribution: noisy, blind to the sign, and flat where the network is saturated.',
    formula: String.raw`M_{ij} = \max_k \left| \frac{\partial S_c}{\partial x_{kij}} \right|`,
    usesLayer: false,
  },
  {
    id: 'grad-cam',
    title: 'Grad-CAM',
    answers: 'Where are the features of this layer that speak for the class?',
    misleads:
      'It is as coarse as the layer, and averaging the gradient over the image can point at places the score does not depend on.',
    formula: String.raw`M = \mathrm{ReLU}\Bigl(\sum_k \alpha_k A^k\Bigr), \quad \alpha_k = \frac{1}{hw} \sum_{ij} \frac{\partial S_c}{\partial A^k_{ij}}`,
    usesLayer: true,
  },
];
