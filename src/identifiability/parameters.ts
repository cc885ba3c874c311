import { rangeFault } from '../assert.ts';
import type { Layer, Network } from '../network/format.ts';
import { parameterBlocks, parameterName, walkLayers } from '../network/parameters.ts';
import type { ParameterShape } from '../network/layers/kind.ts';
import { inField, matrixKey, type ExactMatrix } from '../exact/exact-matrix.ts';
import type { Weights } from '../weights/index.ts';
import { weightsOver } from '../weights/weights.ts';

export type MatrixName = ParameterShape['name'];

/** The matrices that each head has, where heads share none. */
export const headMatrices = ['Q', 'bQ', 'K', 'bK', 'V', 'bV', 'O'] as const;

/** The path of the layer behind another one in the same list. */
export function pathBehind(path: string): string {
  return path.replace(/\[(\d+)\]$/, (_, index: string) => `[${Number(index) + 1}]`);
}

/** Finds the matrices of weights by the path of their layer, their name, and the head or group. */
export class Parameters {
  readonly network: Network;
  /** Of weights over F_p. */
  readonly prime: bigint | undefined;
  /** All layers by their paths, in the order of the parameters. */
  readonly layers: ReadonlyMap<string, Layer>;
  readonly #matrices: Map<string, ExactMatrix>;

  constructor({ network, matrices, prime }: Weights) {
    this.network = network;
    this.prime = prime;
    const layers = new Map<string, Layer>();
    walkLayers(network, (layer, path) => void layers.set(path, layer));
    this.layers = layers;
    this.#matrices = new Map(
      parameterBlocks(network).map(({ path, name, head }, k) => [keyOf(path, name, head), matrices[k]!]),
    );
  }

  layer(path: string): Layer | undefined {
    return this.layers.get(path);
  }

  has(path: string, name: MatrixName, head?: number): boolean {
    return this.#matrices.has(keyOf(path, name, head));
  }

  get(path: string, name: MatrixName, head?: number): ExactMatrix {
    return this.#matrices.get(keyOf(path, name, head))!;
  }

  /** Replaces a matrix, of the same shape; over F_p as residues. */
  set(path: string, name: MatrixName, head: number | undefined, matrix: ExactMatrix): void {
    this.#matrices.set(keyOf(path, name, head), inField(matrix, this.prime));
  }

  /** The matrices of a layer by their names in it, as `Q[0]` or `bO`. */
  matricesOf(path: string): ReadonlyMap<string, ExactMatrix> {
    return new Map(
      parameterBlocks(this.network)
        .filter((block) => block.path === path)
        .map((block) => [
          parameterName(block).slice(path.length + 1),
          this.get(path, block.name, block.head),
        ]),
    );
  }

  /** Replaces them; a `RangeError` for another name or shape. */
  replace(path: string, matrices: Readonly<Record<string, ExactMatrix>>): void {
    const blocks = parameterBlocks(this.network).filter((block) => block.path === path);
    for (const [name, matrix] of Object.entries(matrices)) {
      const block = blocks.find((one) => parameterName(one) === `${path}.${name}`);
      if (!block) throw rangeFault('transformation.matrices', 'matrices of the layer', name);
      const { rows, cols } = block;
      if (matrix.rows !== rows || matrix.cols !== cols)
        throw rangeFault(
          `transformation.matrices.${name}`,
          `${rows} × ${cols}`,
          `${matrix.rows} × ${matrix.cols}`,
        );
      this.set(path, block.name, block.head, matrix);
    }
  }

  /** All matrices of a layer as they are. */
  textOf(path: string): string {
    return [...this.matricesOf(path).values()].map(matrixKey).join('\n');
  }

  weights(): Weights {
    const matrices = parameterBlocks(this.network).map(({ path, name, head }) => this.get(path, name, head));
    return weightsOver(this.network, matrices, this.prime);
  }
}

function keyOf(path: string, name: string, head: number | undefined): string {
  return `${path} ${name} ${head ?? ''}`;
}
