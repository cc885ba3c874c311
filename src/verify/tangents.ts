import type { Arithmetic, Vector } from './arithmetic.ts';
import type { Breath } from './breath.ts';
import { visibleKeys } from './exponents.ts';
import type { LayerValues } from './forward.ts';
import type { LayerAtPoint, Weight } from './point.ts';

/*
 * Forward mode: dual numbers a + ε·da, the ε-part of every named column carried through the layers, from the layer of its parameter on.
 */

/**
 * The derivatives of the output tokens by the named parameters (ascending), at one input: columns × t × d_out, one block after the other.
 */
export async function tangents<E>(
  layers: readonly LayerAtPoint<E>[],
  values: readonly LayerValues<E>[],
  columns: readonly number[],
  tokens: number,
  f: Arithmetic<E>,
  breath: Breath,
): Promise<Vector<E>> {
  let entering = 0;
  let dx = f.zeros(0);
  for (const [index, layer] of layers.entries()) {
    const tangent = new LayerTangent(layer, values[index]!, tokens, f);
    let leaving = entering;
    while (leaving < columns.length && columns[leaving]! < layer.end) leaving++;
    const dy = f.zeros(leaving * tokens * layer.shape.outputDim);
    for (let c = 0; c < leaving; c++)
      await tangent.push(dx, c < entering ? c : -1, columns[c]!, dy, c, breath);
    dx = dy;
    entering = leaving;
  }
  return dx;
}

/** The derivative of one layer at one input. */
class LayerTangent<E> {
  readonly #layer: LayerAtPoint<E>;
  readonly #at: LayerValues<E>;
  readonly #t: number;
  readonly #f: Arithmetic<E>;
  readonly #dq: Vector<E>;
  readonly #dk: Vector<E>;
  readonly #dv: Vector<E>;
  /** Of one query. */
  readonly #dWeights: Vector<E>;
  readonly #dh: Vector<E>;

  constructor(layer: LayerAtPoint<E>, at: LayerValues<E>, t: number, f: Arithmetic<E>) {
    this.#layer = layer;
    this.#at = at;
    this.#t = t;
    this.#f = f;
    this.#dq = f.zeros(t * layer.q.rows);
    this.#dk = f.zeros(t * layer.k.rows);
    this.#dv = f.zeros(t * layer.v.rows);
    this.#dWeights = f.zeros(t);
    this.#dh = f.zeros(t * layer.v.rows);
  }

  /**
   * Writes block `to` of dy, from block `from` of dx (−1: the input does not depend on the parameter) and from the parameter itself, if
   * it belongs to this layer.
   */
  async push(
    dx: Vector<E>,
    from: number,
    parameter: number,
    dy: Vector<E>,
    to: number,
    breath: Breath,
  ): Promise<void> {
    const { q, k, v, o } = this.#layer;
    const { x, h } = this.#at;
    const outputs = this.#t * this.#layer.shape.outputDim;
    await this.#applied(q, x, dx, from, parameter, this.#dq, 0, breath);
    await this.#applied(k, x, dx, from, parameter, this.#dk, 0, breath);
    await this.#applied(v, x, dx, from, parameter, this.#dv, 0, breath);
    if (o === null) return this.#mixed(dy, to * outputs, breath);
    await this.#mixed(this.#dh, 0, breath);
    await this.#applied(o, h, this.#dh, 0, parameter, dy, to * outputs, breath);
  }

  /** d(W·x) = W·dx + dW·x for every token, where dW is 1 at the parameter and 0 elsewhere. */
  async #applied(
    weight: Weight<E>,
    x: Vector<E>,
    dx: Vector<E>,
    from: number,
    parameter: number,
    target: Vector<E>,
    at: number,
    breath: Breath,
  ): Promise<void> {
    const f = this.#f;
    const { rows, cols, entries, first } = weight;
    const t = this.#t;
    if (from < 0) target.fill(f.zero, at, at + t * rows);
    else
      for (let i = 0; i < t; i++) {
        const token = from * t * cols + i * cols;
        for (let r = 0; r < rows; r++) {
          if (breath.due(cols * f.cost.dot)) await breath.take();
          target[at + i * rows + r] = f.dot(dx, token, 1, entries, r * cols, 1, cols);
        }
      }
    const entry = parameter - first;
    if (entry < 0 || entry >= rows * cols) return;
    const row = Math.floor(entry / cols);
    const col = entry % cols;
    for (let i = 0; i < t; i++) {
      const n = at + i * rows + row;
      target[n] = f.add(target[n]!, x[i * cols + col]!);
    }
  }

  /** d(Σ_j w_ij v_j) = Σ_j (dw_ij v_j + w_ij dv_j) for every query i, with d(E/D) = (dE − (E/D)·dD)/D, dE = E·ds, D = ΣE. */
  async #mixed(target: Vector<E>, at: number, breath: Breath): Promise<void> {
    const f = this.#f;
    const t = this.#t;
    const { shape, q, v } = this.#layer;
    const values = this.#at;
    const a = q.rows;
    const width = v.rows;
    const dw = this.#dWeights;
    for (let i = 0; i < t; i++) {
      const keys = visibleKeys(shape, i, t);
      let dSum = f.zero;
      for (let j = 0; j < keys; j++) {
        if (breath.due(2 * a * f.cost.dot)) await breath.take();
        const ds = f.add(
          f.dot(this.#dq, i * a, 1, values.k, j * a, 1, a),
          f.dot(values.q, i * a, 1, this.#dk, j * a, 1, a),
        );
        dw[j] = values.units === null ? ds : f.multiply(values.units[i * t + j]!, ds);
        dSum = f.add(dSum, dw[j]!);
      }
      if (values.inverseSums !== null)
        for (let j = 0; j < keys; j++) {
          const numerator = f.subtract(dw[j]!, f.multiply(values.weights[i * t + j]!, dSum));
          dw[j] = f.multiply(numerator, values.inverseSums[i]!);
        }
      for (let c = 0; c < width; c++) {
        if (breath.due(2 * keys * f.cost.dot)) await breath.take();
        target[at + i * width + c] = f.add(
          f.dot(dw, 0, 1, values.v, c, width, keys),
          f.dot(values.weights, i * t, 1, this.#dv, c, width, keys),
        );
      }
    }
  }
}
