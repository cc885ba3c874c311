import type { Layer, Network } from '../network/format.ts';
import { parameterBlocks, walkLayers } from '../network/parameters.ts';
import type { ParameterShape } from '../network/layers/kind.ts';
import type { RationalMatrix } from '../rational/index.ts';
import { matrixKey } from '../rational/rational-matrix.ts';
import type { Weights } from '../weights/index.ts';

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
  /** All layers by their paths, in the order of the parameters. */
  readonly layers: ReadonlyMap<string, Layer>;
  readonly #matrices: Map<string, RationalMatrix>;

  constructor({ network, matrices }: Weights) {
    this.network = network;
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

  get(path: string, name: MatrixName, head?: number): RationalMatrix {
    return this.#matrices.get(keyOf(path, name, head))!;
  }

  /** Replaces a matrix, of the same shape. */
  set(path: string, name: MatrixName, head: number | undefined, matrix: RationalMatrix): void {
    this.#matrices.set(keyOf(path, name, head), matrix);
  }

  /** All matrices of a layer as they are. */
  textOf(path: string): string {
    return parameterBlocks(this.network)
      .filter((block) => block.path === path)
      .map(({ name, head }) => matrixKey(this.get(path, name, head)))
      .join('\n');
  }

  weights(): Weights {
    const matrices = parameterBlocks(this.network).map(({ path, name, head }) => this.get(path, name, head));
    return { network: this.network, matrices };
  }
}

function keyOf(path: string, name: string, head: number | undefined): string {
  return `${path} ${name} ${head ?? ''}`;
}
