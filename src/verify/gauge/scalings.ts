import { fraction, negative, one, type Fraction } from '../fraction.ts';
import { isOfTokens, type GaugeGraph, type Step } from './graph.ts';
import type { Change, Parameters } from './fields.ts';
import { Equations } from './rationals.ts';

const minusOne = negative(one);

/** Scalings of coordinates: docs/gauge.md. Each coordinate of tokens has a rate, and scores and weights one for all entries. */
export class Scalings {
  readonly #at: Parameters;
  readonly #graph: GaugeGraph;
  /** The number of the first rate by node. */
  readonly #first: number[] = [];
  readonly #count: number;
  /** Rates that are known to be equal have one variable; number −1 is the rate 0. */
  readonly #parent: Int32Array;
  readonly #equations = new Equations();

  constructor(at: Parameters) {
    this.#at = at;
    this.#graph = at.graph;
    let count = 1;
    for (const node of this.#graph.nodes) {
      this.#first.push(count);
      count += isOfTokens(node) ? node.width : 1;
    }
    this.#count = count;
    this.#parent = Int32Array.from({ length: count }, (_, n) => n);
    const { nodes, output } = this.#graph;
    for (const [n, { step, width }] of nodes.entries()) this.#demandEqual(n, step, width);
    this.#vanish(output, nodes[output]!.width);
    // Only now is it known which rates are equal.
    for (const [n, { step, width }] of nodes.entries()) this.#demandSums(n, step, width);
    this.#demandTied();
  }

  /** One field a basis vector of the rates. */
  *changes(): Generator<Change> {
    const { f, blocks } = this.#at;
    const variables = new Set<number>();
    for (let n = 1; n < this.#count; n++) if (this.#find(n) !== 0) variables.add(this.#find(n));
    const prime = BigInt(f.subtract(0, 1)) + 1n;
    for (const solution of this.#equations.solutions(variables)) {
      const rates = new Map(
        Array.from(solution, ([n, rate]) => [n, Number(((rate % prime) + prime) % prime)]),
      );
      const rate = (node: number, c: number): number => rates.get(this.#find(this.#first[node]! + c)) ?? 0;
      const change = this.#at.none();
      for (const [block, { rows, cols }] of this.#graph.blocks.entries()) {
        const use = this.#graph.uses[block]![0];
        if (use === undefined) continue;
        const { step } = this.#graph.nodes[use]!;
        const put = (row: number, col: number, value: number, by: number): void => {
          if (by !== 0) this.#at.add(change, block, row, col, f.multiply(value, by));
        };
        for (let row = 0; row < rows; row++)
          for (let col = 0; col < cols; col++) {
            const value = blocks[block]!.entries[row * cols + col]!;
            if (step.kind === 'linear') {
              const [y, x] = step.transposed ? [col, row] : [row, col];
              put(row, col, value, f.subtract(rate(use, y), rate(step.x, x)));
            } else if (step.kind === 'gain') {
              const gain = step.unitOffset ? f.add(1, value) : value;
              put(row, col, gain, f.subtract(rate(use, col), rate(step.x, col)));
            } else if (step.kind === 'shift') {
              put(row, col, value, rate(use, col));
              const exponential = this.#exponentialOf(use);
              if (exponential !== null) put(row, col, 1, rate(exponential, col));
            }
          }
      }
      yield change;
    }
  }

  /** The exponential that alone reads a tensor x + b with a b of its own. */
  #exponentialOf(shifted: number): number | null {
    const { step, readers } = this.#graph.nodes[shifted]!;
    if (step.kind !== 'shift' || readers.length !== 1 || shifted === this.#graph.output) return null;
    const isOwn = this.#graph.blocks[step.block]!.rows === 1 && this.#graph.uses[step.block]!.length === 1;
    return isOwn && this.#graph.nodes[readers[0]!]!.step.kind === 'exponential' ? readers[0]! : null;
  }

  #find(n: number): number {
    let root = n;
    while (this.#parent[root] !== root) {
      this.#parent[root] = this.#parent[this.#parent[root]!]!;
      root = this.#parent[root]!;
    }
    return root;
  }

  /** The rate 0 remains the root of what equals it. */
  #join(a: number, b: number): void {
    const [x, y] = [this.#find(a), this.#find(b)];
    if (x < y) this.#parent[y] = x;
    else this.#parent[x] = y;
  }

  #vanish(node: number, width: number): void {
    for (let c = 0; c < width; c++) this.#join(this.#first[node]! + c, 0);
  }

  #equate(a: number, b: number, width: number): void {
    for (let c = 0; c < width; c++) this.#join(this.#first[a]! + c, this.#first[b]! + c);
  }

  #demandUniform(node: number, width: number): void {
    for (let c = 1; c < width; c++) this.#join(this.#first[node]! + c, this.#first[node]!);
  }

  #demandEqual(n: number, step: Step, width: number): void {
    switch (step.kind) {
      case 'tokens':
        this.#vanish(n, width);
        return;
      case 'softmax':
        this.#vanish(n, 1);
        if (step.scores !== null) this.#vanish(step.scores, 1);
        return;
      case 'combination':
        for (const [x] of step.terms) this.#equate(x, n, width);
        return;
      case 'shift':
        this.#equate(step.x, n, width);
        return;
      case 'normalized':
        this.#demandUniform(step.x, width);
        if (step.hasEpsilon) this.#vanish(step.x, width);
        this.#vanish(n, width);
        return;
      case 'center':
        this.#demandUniform(step.x, width);
        this.#equate(step.x, n, width);
        return;
      case 'rotation':
        this.#equate(step.x, n, width);
        for (let c = 0; c < step.dim; c += 2) this.#join(this.#first[n]! + c, this.#first[n]! + c + 1);
        return;
      case 'exponential':
        this.#vanish(step.x, width);
        if (this.#exponentialOf(step.x) === null) this.#vanish(n, width);
        return;
      case 'function':
        this.#vanish(step.x, width);
        this.#vanish(n, width);
    }
  }

  #demandSums(n: number, step: Step, width: number): void {
    switch (step.kind) {
      case 'scores': {
        const { width: dim } = this.#graph.nodes[step.q]!;
        for (let c = 0; c < dim; c++)
          this.#add([
            [n, 0, one],
            [step.q, c, minusOne],
            [step.k, c, minusOne],
          ]);
        return;
      }
      case 'mix':
        for (let c = 0; c < width; c++)
          this.#add([
            [n, c, one],
            [step.weights, 0, minusOne],
            [step.v, c, minusOne],
          ]);
        return;
      case 'power':
        for (let c = 0; c < width; c++)
          this.#add([
            [n, c, one],
            [step.x, c, fraction(BigInt(-step.exponent))],
          ]);
        return;
      case 'product':
        for (let c = 0; c < width; c++)
          this.#add([
            [n, c, one],
            [step.x, c, minusOne],
            [step.y, c, minusOne],
          ]);
    }
  }

  #demandTied(): void {
    const { nodes, uses } = this.#graph;
    for (const places of uses)
      for (const use of places.slice(1)) {
        const first = places[0]!;
        const [a, b] = [nodes[first]!.step, nodes[use]!.step];
        if (a.kind === 'shift' && b.kind === 'shift')
          for (let c = 0; c < nodes[use]!.width; c++)
            this.#add([
              [first, c, one],
              [use, c, minusOne],
            ]);
        if (a.kind === 'gain' && b.kind === 'gain')
          for (let c = 0; c < nodes[use]!.width; c++)
            this.#add([
              [first, c, one],
              [a.x, c, minusOne],
              [use, c, minusOne],
              [b.x, c, one],
            ]);
        if (a.kind === 'linear' && b.kind === 'linear')
          this.#demandTiedWeight(
            [first, a.x],
            a.transposed === b.transposed ? [use, b.x] : [b.x, use],
            a.transposed === b.transposed,
          );
      }
  }

  /** rate(y_o) − rate(x_i) are equal for all o and i: they are if they are for o = 0 and for i = 0. */
  #demandTiedWeight(
    [y, x]: readonly [number, number],
    [z, w]: readonly [number, number],
    same: boolean,
  ): void {
    const { nodes } = this.#graph;
    // A transposed use has z, which it reads, in place of what the first writes: signs are exchanged.
    const [plus, minus] = same ? [one, minusOne] : [minusOne, one];
    const demand = (o: number, i: number): void =>
      this.#add([
        [y, o, one],
        [x, i, minusOne],
        [z, o, negative(plus)],
        [w, i, negative(minus)],
      ]);
    for (let o = 0; o < nodes[y]!.width; o++) demand(o, 0);
    for (let i = 1; i < nodes[x]!.width; i++) demand(0, i);
  }

  #add(terms: readonly (readonly [node: number, coordinate: number, coefficient: Fraction])[]): void {
    const found: [number, Fraction][] = [];
    for (const [node, c, coefficient] of terms) {
      const variable = this.#find(this.#first[node]! + c);
      if (variable !== 0) found.push([variable, coefficient]);
    }
    this.#equations.add(found);
  }
}
