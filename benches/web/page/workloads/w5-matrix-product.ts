/** W5: f32 matrix products. */
import type { MatrixProduct } from './index.ts';

export const W5_512: MatrixProduct = { task: 'matrix-product', size: 512 };
export const W5_1024: MatrixProduct = { task: 'matrix-product', size: 1024 };
