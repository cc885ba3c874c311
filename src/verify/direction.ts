import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import type { Id, Program } from './program.ts';

/** A linear map by a weight: W·x or Wᵀ·x for every token. */
export interface WeightUse<E> {
  readonly block: Id;
  readonly transposed: boolean;
  /** tokens × (columns, or rows if transposed) */
  readonly x: Vector<E>;
  readonly tokens: number;
}

/** A direction in the space of parameters, block by block: θ + ε·Δ. */
export interface Direction<E> {
  /** Whether Δ may be other than 0 there. */
  changes(block: Id): boolean;
  /** dy += Δ·x, token by token. */
  addMapped(dy: Vector<E>, use: WeightUse<E>): Promise<void>;
  /** dy[n] += Δ[n mod the length of the block]·factors[n], without factors 1, for all n. */
  addEntries(dy: Vector<E>, block: Id, factors: Vector<E> | null): Promise<void>;
}

/** One parameter, by its place in its block. */
export class UnitDirection<E> implements Direction<E> {
  readonly #program: Program;
  readonly #f: Arithmetic<E>;
  readonly block: Id;
  readonly #entry: number;

  constructor(program: Program, f: Arithmetic<E>, block: Id, entry: number) {
    this.#program = program;
    this.#f = f;
    this.block = block;
    this.#entry = entry;
  }

  changes(block: Id): boolean {
    return block === this.block;
  }

  async addMapped(dy: Vector<E>, { block, transposed, x, tokens }: WeightUse<E>): Promise<void> {
    const { rows, cols } = this.#program.blocks[block]!;
    const row = Math.floor(this.#entry / cols);
    const col = this.#entry % cols;
    const [to, from, width, length] = transposed ? [col, row, cols, rows] : [row, col, rows, cols];
    for (let i = 0; i < tokens; i++)
      dy[i * width + to] = this.#f.add(dy[i * width + to]!, x[i * length + from]!);
  }

  async addEntries(dy: Vector<E>, block: Id, factors: Vector<E> | null): Promise<void> {
    const { rows, cols } = this.#program.blocks[block]!;
    for (let n = this.#entry; n < dy.length; n += rows * cols)
      dy[n] = this.#f.add(dy[n]!, factors === null ? this.#f.one : factors[n]!);
  }
}

/** Many parameters: a vector for each block that changes. */
export class DenseDirection<E> implements Direction<E> {
  readonly #program: Program;
  readonly #f: Arithmetic<E>;
  readonly #of: ReadonlyMap<Id, Vector<E>>;
  readonly #breath: Breath;

  constructor(program: Program, f: Arithmetic<E>, of: ReadonlyMap<Id, Vector<E>>, breath: Breath) {
    this.#program = program;
    this.#f = f;
    this.#of = of;
    this.#breath = breath;
  }

  changes(block: Id): boolean {
    return this.#of.has(block);
  }

  async addMapped(dy: Vector<E>, { block, transposed, x, tokens }: WeightUse<E>): Promise<void> {
    const f = this.#f;
    const { rows, cols } = this.#program.blocks[block]!;
    const delta = this.#of.get(block)!;
    if (this.#breath.due(tokens * rows * cols * f.cost.dot)) await this.#breath.take();
    const [width, length] = transposed ? [cols, rows] : [rows, cols];
    const [rowStep, colStep] = transposed ? [1, cols] : [cols, 1];
    f.addMapped(dy, x, delta, { tokens, width, length, rowStep, colStep });
  }

  async addEntries(dy: Vector<E>, block: Id, factors: Vector<E> | null): Promise<void> {
    const f = this.#f;
    const delta = this.#of.get(block)!;
    for (let n = 0; n < dy.length; n++) {
      if (this.#breath.due(f.cost.dot)) await this.#breath.take();
      const change = delta[n % delta.length]!;
      dy[n] = f.add(dy[n]!, factors === null ? change : f.multiply(change, factors[n]!));
    }
  }
}
