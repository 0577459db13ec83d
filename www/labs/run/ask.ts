/** Asking one method about images. */
import type { ExplainMethod, Explanation } from '../../engine/types.ts';
import type { Model } from '../../engine/client.ts';
import type { MethodInfo } from './methods.ts';

/** Maps of `pixels`, `[n, C, H, W]`, for `classes`; `layer` for methods that look at one, empty: the engine's choice. */
export const ask = (model: Model, method: MethodInfo, pixels: Float32Array, classes: number[], layer = ''): Promise<Explanation> =>
  model.explain(method.id as ExplainMethod, pixels, { classes, ...(method.usesLayer && layer ? { layer } : {}) });
