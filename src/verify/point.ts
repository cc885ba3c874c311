import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { argumentTables, countArguments } from './exponents.ts';
import type { StatedLayer, StatedNetwork, StatedPoint } from './shape.ts';
import { ResidueStream } from './stream.ts';

/** A row-major weight matrix; `first` is the number of its first entry among the parameters of the network. */
export interface Weight<E> {
  readonly first: number;
  readonly rows: number;
  readonly cols: number;
  readonly entries: Vector<E>;
}

/** One layer with its weights at a point. */
export interface LayerAtPoint<E> {
  readonly shape: StatedLayer;
  /** The numbers of the exponent arguments by query and key; null: no exponentials. */
  readonly argumentTable: Int32Array | null;
  readonly q: Weight<E>;
  readonly k: Weight<E>;
  readonly v: Weight<E>;
  readonly o: Weight<E> | null;
  /** The number of the first parameter behind this layer. */
  readonly end: number;
}

/** One input: its tokens (t × d, row: token), and for each layer the values of its exponentials. */
export interface Input<E> {
  readonly tokens: Vector<E>;
  readonly units: readonly Vector<E>[];
}

/** A point: the parameters, drawn, and the inputs in their order, to be drawn. */
export class Point<E> {
  readonly layers: readonly LayerAtPoint<E>[];
  readonly argumentCounts: readonly number[];
  readonly #inputEntries: number;
  readonly #inputs: ResidueStream<E>;
  readonly #units: ResidueStream<E>;

  private constructor(
    network: StatedNetwork,
    layers: readonly LayerAtPoint<E>[],
    { prime, seed }: StatedPoint,
    f: Arithmetic<E>,
  ) {
    this.layers = layers;
    this.argumentCounts = countArguments(network);
    this.#inputEntries = network.tokens * network.inputDim;
    this.#inputs = new ResidueStream('input', seed, prime, f);
    this.#units = new ResidueStream('unit', seed, prime, f);
  }

  /** Draws the parameters. */
  static async draw<E>(
    network: StatedNetwork,
    stated: StatedPoint,
    f: Arithmetic<E>,
    breath: Breath,
  ): Promise<Point<E>> {
    const theta = new ResidueStream('theta', stated.seed, stated.prime, f);
    const tables = argumentTables(network);
    let end = 0;
    const weight = async (rows: number, cols: number): Promise<Weight<E>> => {
      const first = end;
      end += rows * cols;
      return { first, rows, cols, entries: await theta.take(rows * cols, breath) };
    };
    const layers: LayerAtPoint<E>[] = [];
    for (const [index, shape] of network.layers.entries()) {
      const { inputDim, headDim, valueDim, outputDim } = shape;
      const q = await weight(headDim, inputDim);
      const k = await weight(headDim, inputDim);
      const v = await weight(valueDim ?? outputDim, inputDim);
      const o = valueDim === null ? null : await weight(outputDim, valueDim);
      layers.push({ shape, argumentTable: tables[index]!, q, k, v, o, end });
    }
    return new Point(network, layers, stated, f);
  }

  async nextInput(breath: Breath): Promise<Input<E>> {
    const tokens = await this.#inputs.take(this.#inputEntries, breath);
    const units: Vector<E>[] = [];
    for (const count of this.argumentCounts) units.push(await this.#units.take(count, breath));
    return { tokens, units };
  }

  /** Draws the next input and throws it away: it has its place in the streams. */
  async skipInput(breath: Breath): Promise<void> {
    await this.#inputs.skip(this.#inputEntries, breath);
    for (const count of this.argumentCounts) await this.#units.skip(count, breath);
  }
}
