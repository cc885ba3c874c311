import type { Kernel } from '../kernel/kernel.ts';
import type { Network } from '../network/format.ts';
import { parameterBlocks, parameterCount } from '../network/parameters.ts';
import type { Point, SampledInput } from '../point/point.ts';
import {
  attentionBackward,
  attentionForward,
  type AttentionTape,
  type JacobianRows,
  type PlacedAttention,
} from './attention.ts';

/** Cotangents go backward in chunks, so that the largest intermediate value has about this many elements (it stays in the cache). */
const chunkElements = 1 << 20;

/** The layers with their sizes and the places of their parameters. */
export function placeLayers(network: Network): PlacedAttention[] {
  const blocks = parameterBlocks(network);
  const offset = (layer: number, name: string): number =>
    blocks.find((block) => block.layer === layer && block.name === name)?.offset ?? -1;
  let inputDim = network.inputDim;
  return network.layers.map((layer, index) => {
    const place: PlacedAttention = {
      layer,
      tokens: network.sequenceLength,
      inputDim,
      valueRows: layer.valueDim ?? layer.outputDim,
      parameters: {
        q: offset(index, 'Q'),
        k: offset(index, 'K'),
        v: offset(index, 'V'),
        o: offset(index, 'O'),
      },
    };
    inputDim = layer.outputDim;
    return place;
  });
}

/**
 * The Jacobian [∂ f_θ(X_s) / ∂θ] of a network at a point over F_p, input by input, by reverse-mode differentiation: all rows
 * of an input go backward together, as matrix products in the kernel.
 */
export class NetworkJacobian {
  /** N: the number of parameters. */
  readonly columns: number;
  /** t·d_out: the rows of one input, row i·d_out + o for token i and output coordinate o. */
  readonly rowsPerInput: number;
  readonly #kernel: Kernel;
  readonly #places: PlacedAttention[];
  readonly #theta: number;

  constructor(kernel: Kernel, point: Point) {
    const { network } = point;
    this.#kernel = kernel;
    this.#places = placeLayers(network);
    this.columns = parameterCount(network);
    this.rowsPerInput = network.sequenceLength * network.layers.at(-1)!.outputDim;
    this.#theta = kernel.allocate(this.columns);
    kernel.write(this.#theta, point.theta);
  }

  /**
   * Writes the rows `outputs` of one input (each i·d_out + o, for token i and output coordinate o) to `rows`, one after the other; a
   * row has `columns` elements.
   *
   * Scratch is taken from the top of the kernel's heap and given back.
   */
  write(input: SampledInput, outputs: readonly number[], rows: JacobianRows): void {
    const kernel = this.#kernel;
    const mark = kernel.mark();
    let x = kernel.allocate(input.tokens.length);
    kernel.write(x, input.tokens);
    const tapes = this.#places.map((place, layer) => {
      const tape = attentionForward(kernel, this.#theta, place, x, input.weights[layer]!);
      x = tape.y;
      return tape;
    });
    const chunk = this.#cotangentsPerChunk();
    for (let first = 0; first < outputs.length; first += chunk) {
      const at = rows.at + first * rows.rowStride * kernel.elementBytes;
      this.#pullBack(tapes, outputs.slice(first, first + chunk), { at, rowStride: rows.rowStride });
    }
    kernel.release(mark);
  }

  /** Pulls the unit cotangents of some outputs through all layers. */
  #pullBack(tapes: readonly AttentionTape[], outputs: readonly number[], rows: JacobianRows): void {
    const kernel = this.#kernel;
    const mark = kernel.mark();
    let g = this.#outputCotangents(outputs);
    for (let layer = tapes.length - 1; layer >= 0; layer--)
      g = attentionBackward(
        kernel,
        this.#theta,
        this.#places[layer]!,
        tapes[layer]!,
        g,
        outputs.length,
        rows,
        layer > 0,
      );
    kernel.release(mark);
  }

  /** The unit cotangents: [token][cotangent][coordinate] is 1 where the cotangent's output is token·d_out + coordinate. */
  #outputCotangents(outputs: readonly number[]): number {
    const kernel = this.#kernel;
    const { tokens, layer } = this.#places.at(-1)!;
    const unit = new Uint32Array(tokens * outputs.length * layer.outputDim);
    for (const [r, output] of outputs.entries()) {
      const token = Math.floor(output / layer.outputDim);
      unit[(token * outputs.length + r) * layer.outputDim + (output % layer.outputDim)] = 1;
    }
    const at = kernel.allocate(unit.length);
    kernel.write(at, unit);
    return at;
  }

  #cotangentsPerChunk(): number {
    const widest = Math.max(
      ...this.#places.map(({ layer, tokens, inputDim, valueRows }) =>
        Math.max(
          tokens * Math.max(tokens, inputDim, valueRows, layer.outputDim, layer.headDim),
          Math.max(layer.headDim, valueRows) * inputDim,
          layer.outputDim * valueRows,
        ),
      ),
    );
    return Math.max(1, Math.min(this.rowsPerInput, Math.floor(chunkElements / widest)));
  }
}
