/** The engine's explanation methods, and asking one of them about images. */
import type { Engine, Model } from '../../engine/client.ts';
import type { ExplainMethodInfo, ExplainSettings, Explanation } from '../../engine/types.ts';

export type { ExplainMethodInfo };

const known = new WeakMap<Engine, Promise<ExplainMethodInfo[]>>();

/** All methods of `engine`; asked for once. */
export function methodsOf(engine: Engine): Promise<readonly ExplainMethodInfo[]> {
  let methods = known.get(engine);
  if (!methods) known.set(engine, (methods = engine.explainMethods()));
  return methods;
}

/** Maps of `pixels`, `[n, C, H, W]`, for `classes`; of `settings` those that the method reads. */
export function ask(
  model: Model,
  { id, layer, options }: ExplainMethodInfo,
  pixels: Float32Array,
  classes: number[],
  settings: ExplainSettings = {},
): Promise<Explanation> {
  const read = Object.entries(settings).filter(([key]) => (key === 'layer' ? layer : (options as string[]).includes(key)));
  return model.explain(id, pixels, { classes, ...Object.fromEntries(read) });
}
