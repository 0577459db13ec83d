/**
 * Writing down a computation: every method adds one instruction to a list, which the worker turns into a graph, differentiates,
 * optimises and compiles. Shapes are checked there; a mistake rejects `engine.program` with code `shape`.
 *
 * Operations are those of `src/graph/op.rs`; element-wise ones broadcast as in NumPy.
 */

export type UnaryFunction =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'recip'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'relu'
  | 'softplus'
  | 'erf';
export type BinaryFunction = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'min' | 'max' | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne';
export type DType = 'f32' | 'u32';
export type Operand = GraphNode | number;

/** One instruction; operands are numbers of earlier values. Mirrors `src/wasm/program.rs`. */
export type Instruction = { op: string } & Record<string, unknown>;

/** A graph under construction, handed to the callback of `engine.program`. */
export class GraphRecorder {
  /** What was written down so far. */
  readonly instructions: Instruction[] = [];
  #values = 0;

  /** @internal Adds an instruction that makes one value. */
  push(op: string, attributes: Record<string, unknown>): GraphNode {
    this.instructions.push({ op, ...attributes });
    return new GraphNode(this, this.#values++);
  }

  /** @internal */
  operand(value: Operand): number {
    return typeof value === 'number' ? this.fill(value, []).id : value.id;
  }

  /** A tensor handed over at each run. */
  input(name: string, shape: number[], dtype: DType = 'f32'): GraphNode {
    return this.push('input', { name, shape, dtype });
  }

  /** A tensor that stays between runs, zeros at first. */
  state(name: string, shape: number[], dtype: DType = 'f32'): GraphNode {
    return this.push('state', { name, shape, dtype });
  }

  /** Row-major literal values. */
  constant(values: number[], shape: number[]): GraphNode {
    return this.push('constant', { values, shape });
  }

  /** `value` everywhere. */
  fill(value: number, shape: number[]): GraphNode {
    return this.push('fill', { value, shape });
  }

  /** Where `condition` is not 0, `a`, else `b`. */
  select(condition: GraphNode, a: Operand, b: Operand): GraphNode {
    return this.push('select', { condition: condition.id, a: this.operand(a), b: this.operand(b) });
  }

  /** The parts behind one another along `axis`. */
  concat(parts: GraphNode[], axis: number): GraphNode {
    return this.push('concat', { parts: parts.map((part) => part.id), axis });
  }

  /** Random numbers that follow from `key`, a `u32` tensor `[seed, step]`. */
  random(distribution: 'uniform' | 'normal', key: GraphNode, shape: number[]): GraphNode {
    return this.push('random', { distribution, key: key.id, shape });
  }

  /** The gradients of `y`, a single number, in each of `wrt`; they are ordinary values and can be differentiated again. */
  grad(y: GraphNode, wrt: GraphNode[]): GraphNode[] {
    this.instructions.push({ op: 'grad', y: y.id, wrt: wrt.map((node) => node.id) });
    return wrt.map(() => new GraphNode(this, this.#values++));
  }

  /** Makes `value` readable after a run. */
  output(name: string, value: GraphNode): void {
    this.instructions.push({ op: 'output', name, x: value.id });
  }

  /** After each run, the state `name` has `value`. */
  update(name: string, value: GraphNode): void {
    this.instructions.push({ op: 'update', name, x: value.id });
  }
}

/** One value of a graph under construction. */
export class GraphNode {
  readonly #graph: GraphRecorder;
  /** @internal Its number, in order of writing. */
  readonly id: number;

  /** @internal */
  constructor(graph: GraphRecorder, id: number) {
    this.#graph = graph;
    this.id = id;
  }

  #push(op: string, attributes: Record<string, unknown> = {}): GraphNode {
    return this.#graph.push(op, { x: this.id, ...attributes });
  }

  /** An element-wise function. */
  map(f: UnaryFunction): GraphNode {
    return this.#push('unary', { function: f });
  }

  /** An element-wise function of this and `other`. */
  with(f: BinaryFunction, other: Operand): GraphNode {
    return this.#graph.push('binary', { function: f, a: this.id, b: this.#graph.operand(other) });
  }

  add(other: Operand): GraphNode {
    return this.with('add', other);
  }
  sub(other: Operand): GraphNode {
    return this.with('sub', other);
  }
  mul(other: Operand): GraphNode {
    return this.with('mul', other);
  }
  div(other: Operand): GraphNode {
    return this.with('div', other);
  }
  relu(): GraphNode {
    return this.map('relu');
  }

  reshape(shape: number[]): GraphNode {
    return this.#push('reshape', { shape });
  }
  /** Output dimension `i` is input dimension `perm[i]`. */
  transpose(perm: number[]): GraphNode {
    return this.#push('transpose', { perm });
  }
  broadcast(shape: number[]): GraphNode {
    return this.#push('broadcast', { shape });
  }
  /** The block that begins at `starts` and has `sizes`. */
  slice(starts: number[], sizes: number[]): GraphNode {
    return this.#push('slice', { starts, sizes });
  }

  /** Over `axes`, which go away; over all without. */
  sum(axes?: number[]): GraphNode {
    return this.#push('reduce', { function: 'sum', axes });
  }
  mean(axes?: number[]): GraphNode {
    return this.#push('reduce', { function: 'mean', axes });
  }
  max(axes?: number[]): GraphNode {
    return this.#push('reduce', { function: 'max', axes });
  }
  /** Index of the first largest value along `axis`, `u32`. */
  argmax(axis: number): GraphNode {
    return this.#push('argmax', { axis });
  }
  /** Along the last dimension. */
  logSoftmax(): GraphNode {
    return this.#push('log-softmax');
  }

  /** Matrix product `[.., M, K]` × `[.., K, N]`, rank 2 or 3. */
  matmul(other: GraphNode, { transposeA = false, transposeB = false } = {}): GraphNode {
    return this.#graph.push('matmul', { a: this.id, b: other.id, transposeA, transposeB });
  }

  /** `[N, Cin, H, W]` with weight `[Cout, Cin/groups, KH, KW]`; `padding` cells of zeros on each side. */
  conv2d(weight: GraphNode, { stride = 1, padding = 0, dilation = 1, groups = 1 } = {}): GraphNode {
    return this.#push('conv2d', { weight: weight.id, stride, padding, dilation, groups });
  }
  /**
   * The transposed convolution: `[N, Cout, OH, OW]` spread over images of `output` = `[H, W]` by the weight `[Cout, Cin/groups, KH, KW]`
   * of the `conv2d` that leads from there to here.
   */
  convTranspose2d(
    weight: GraphNode,
    output: [number, number],
    { stride = 1, padding = 0, dilation = 1, groups = 1 } = {},
  ): GraphNode {
    return this.#push('conv2d-transpose', { weight: weight.id, output, stride, padding, dilation, groups });
  }
  maxPool2d(size: number, { stride = size, padding = 0 } = {}): GraphNode {
    return this.#push('pool2d', { function: 'max', size, stride, padding });
  }
  avgPool2d(size: number, { stride = size, padding = 0 } = {}): GraphNode {
    return this.#push('pool2d', { function: 'mean', size, stride, padding });
  }

  /** Rows of this tensor at `index`, a `u32` tensor. */
  gather(index: GraphNode): GraphNode {
    return this.#push('gather', { index: index.id });
  }
  /** For a `u32` tensor: 1 at the index, 0 elsewhere, along a new last dimension. */
  oneHot(depth: number): GraphNode {
    return this.#push('one-hot', { depth });
  }
}
