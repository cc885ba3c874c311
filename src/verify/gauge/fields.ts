import { demand } from '../fault.ts';
import type { GaugeGraph } from './graph.ts';
import { matrix, type Field, type Matrix } from './matrix.ts';

/** A change of all parameters, one entry a parameter. */
export type Change = Float64Array;

/** The parameters at a point modulo a prime, block by block. */
export class Parameters {
  readonly graph: GaugeGraph;
  readonly f: Field;
  readonly blocks: readonly Matrix[];
  #left: number;

  /** `next` draws a parameter; `operations` may be spent. */
  constructor(graph: GaugeGraph, f: Field, next: () => number, operations: number) {
    this.graph = graph;
    this.f = f;
    this.#left = operations;
    this.blocks = graph.blocks.map(({ rows, cols }) => matrix(rows, cols, next));
  }

  /** Rejects the certificate when more multiplications would be spent than are allowed. */
  spend(operations: number): void {
    this.#left -= operations;
    demand(
      this.#left >= 0,
      'certificate.upperBound',
      'symmetries that can be recomputed within the limit of operations',
      'more',
    );
  }

  none(): Change {
    this.spend(this.graph.parameters);
    return new Float64Array(this.graph.parameters);
  }

  /** Adds to an entry of a block. */
  add(change: Change, block: number, row: number, col: number, value: number): void {
    const { first, cols } = this.graph.blocks[block]!;
    const n = first + row * cols + col;
    change[n] = this.f.add(change[n]!, value);
  }

  /** The tensor of W·x: W, or its transpose. */
  weight(block: number, transposed: boolean): Matrix {
    const w = this.blocks[block]!;
    return transposed ? matrix(w.cols, w.rows, (r, c) => w.entries[c * w.cols + r]!) : w;
  }

  /** γ, or 1 + γ. */
  gains(block: number, unitOffset: boolean): Float64Array {
    return this.blocks[block]!.entries.map((gamma) => (unitOffset ? this.f.add(1, gamma) : gamma));
  }
}
