import { blockOf, isOfTokens, type GaugeGraph, type Step } from './graph.ts';
import type { Change, Parameters } from './fields.ts';
import { matrix, type Matrix } from './matrix.ts';

/** Entries that are equal up to sign, or 0. */
class SignedClasses {
  readonly #parent: Int32Array;
  /** The sign against the parent. */
  readonly #sign: Int8Array;
  /** Of roots. */
  readonly #zero: Uint8Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, n) => n);
    this.#sign = new Int8Array(count).fill(1);
    this.#zero = new Uint8Array(count);
  }

  find(n: number): { readonly root: number; readonly sign: number } {
    let root = n;
    let sign = 1;
    while (this.#parent[root] !== root) {
      // Every other link is made to skip one.
      const parent = this.#parent[root]!;
      const above = this.#parent[parent]!;
      if (above !== parent) this.#sign[root] = this.#sign[root]! * this.#sign[parent]!;
      sign *= this.#sign[root]!;
      this.#parent[root] = above;
      root = above;
    }
    return { root, sign };
  }

  vanish(n: number): void {
    this.#zero[this.find(n).root] = 1;
  }

  isZero(n: number): boolean {
    return this.#zero[this.find(n).root] === 1;
  }

  /** Makes entry a `sign` times entry b. */
  equate(a: number, b: number, sign: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    const between = x.sign * y.sign * sign;
    if (x.root === y.root) {
      if (between < 0) this.#zero[x.root] = 1;
      return;
    }
    this.#parent[x.root] = y.root;
    this.#sign[x.root] = between;
    if (this.#zero[x.root]) this.#zero[y.root] = 1;
  }
}

/** The gains that a tensor has passed since its basis was free, by name; null: it has no one frame. */
interface Frame {
  readonly name: string;
  readonly gains: Float64Array;
}

/**
 * Changes of basis: docs/gauge.md. ξ of a tensor is known in the coordinates before its gains. In a group of tensors whose ξ are equal or −ᵀ of one another, if one is
 * centered, ξ stands for A with CAC the change.
 */
export class Bases {
  readonly #at: Parameters;
  readonly #graph: GaugeGraph;
  /** The number of the first entry of ξ by node. */
  readonly #first: number[] = [];
  readonly #classes: SignedClasses;
  /** Nodes in one group; a group is centered if one of its roots' members is. */
  readonly #groups: SignedClasses;
  readonly #frames: Frame[] = [];

  constructor(at: Parameters) {
    this.#at = at;
    this.#graph = at.graph;
    let count = 0;
    for (const { width } of this.#graph.nodes) {
      this.#first.push(count);
      count += width * width;
    }
    this.#classes = new SignedClasses(count);
    this.#groups = new SignedClasses(this.#graph.nodes.length);
    for (const [n, node] of this.#graph.nodes.entries()) {
      this.#frames.push(this.#frameOf(node.step, node.width));
      if (isOfTokens(node)) this.#demand(n, node.step);
    }
    this.#vanish(this.#graph.output);
    this.#demandTied();
    for (const [n, { step }] of this.#graph.nodes.entries())
      if (step.kind === 'rotation' && this.#isCentered(n)) this.#vanish(n);
  }

  /** One field a class. */
  *changes(): Generator<Change> {
    const members = new Map<number, (readonly [node: number, row: number, col: number, sign: number])[]>();
    for (const [n, node] of this.#graph.nodes.entries()) {
      if (!isOfTokens(node)) continue;
      for (let r = 0; r < node.width; r++)
        for (let c = 0; c < node.width; c++) {
          const entry = this.#entry(n, r, c);
          if (r === c || this.#classes.isZero(entry)) continue;
          const { root, sign } = this.#classes.find(entry);
          const known = members.get(root);
          if (known) known.push([n, r, c, sign]);
          else members.set(root, [[n, r, c, sign]]);
        }
    }
    for (const entries of members.values()) yield this.#change(entries);
  }

  #entry(node: number, row: number, col: number): number {
    return this.#first[node]! + row * this.#graph.nodes[node]!.width + col;
  }

  #isCentered(node: number): boolean {
    return this.#groups.isZero(node);
  }

  #vanish(node: number): void {
    this.#each(node, (r, c) => this.#classes.vanish(this.#entry(node, r, c)));
  }

  #each(node: number, visit: (row: number, col: number) => void): void {
    const { width } = this.#graph.nodes[node]!;
    for (let r = 0; r < width; r++) for (let c = 0; c < width; c++) if (r !== c) visit(r, c);
  }

  #equate(a: number, b: number): void {
    this.#groups.equate(a, b, 1);
    this.#each(a, (r, c) => this.#classes.equate(this.#entry(a, r, c), this.#entry(b, r, c), 1));
  }

  /** ξ_a = −ξ_bᵀ */
  #oppose(a: number, b: number): void {
    this.#groups.equate(a, b, 1);
    this.#each(a, (r, c) => this.#classes.equate(this.#entry(a, r, c), this.#entry(b, c, r), -1));
  }

  #demandNoFrame(node: number): void {
    if (this.#frames[node]!.name !== '') this.#vanish(node);
  }

  #frameOf(step: Step, width: number): Frame {
    switch (step.kind) {
      case 'shift':
      case 'center':
        return this.#frames[step.x]!;
      case 'combination':
        // Where frames differ, nothing changes.
        return step.terms.length > 0 ? this.#frames[step.terms[0]![0]]! : noFrame(width);
      case 'mix':
        return this.#frames[step.v]!;
      case 'gain': {
        const { f } = this.#at;
        const { name, gains } = this.#frames[step.x]!;
        const more = this.#at.gains(step.block, step.unitOffset);
        return {
          name: `${name} ${step.block}/${Number(step.unitOffset)}`,
          gains: gains.map((gain, n) => f.multiply(gain, more[n]!)),
        };
      }
      default:
        return noFrame(width);
    }
  }

  #demand(n: number, step: Step): void {
    switch (step.kind) {
      case 'tokens':
        this.#vanish(n);
        return;
      case 'combination':
        for (const [x] of step.terms) {
          this.#equate(x, n);
          if (this.#frames[x]!.name !== this.#frames[n]!.name) this.#vanish(n);
        }
        return;
      case 'shift':
        this.#equate(step.x, n);
        return;
      case 'gain':
        this.#equate(step.x, n);
        // Modulo p the frame has no inverse here.
        if (this.#frames[n]!.gains.includes(0)) this.#vanish(n);
        return;
      case 'rotation':
        this.#equate(step.x, n);
        this.#demandNoFrame(step.x);
        this.#each(n, (r, c) => {
          const paired = r < step.dim && c < step.dim && Math.floor(r / 2) === Math.floor(c / 2);
          const apart = r >= step.dim && c >= step.dim;
          if (paired) this.#classes.equate(this.#entry(n, r, c), this.#entry(n, c, r), -1);
          else if (!apart) this.#classes.vanish(this.#entry(n, r, c));
        });
        return;
      case 'mix': {
        const weights = this.#graph.nodes[step.weights]!.step;
        this.#equate(step.v, n);
        if (weights.kind === 'scores') this.#demandScores(weights.q, weights.k);
        if (weights.kind !== 'softmax' || weights.scores === null) return;
        const scores = this.#graph.nodes[weights.scores]!.step;
        if (scores.kind === 'scores') this.#demandScores(scores.q, scores.k);
        return;
      }
      case 'center':
        this.#equate(step.x, n);
        this.#demandAntisymmetric(n);
        this.#demandNoFrame(step.x);
        this.#groups.vanish(n);
        return;
      case 'normalized':
        this.#equate(step.x, n);
        this.#demandNoFrame(step.x);
        this.#demandAntisymmetric(n);
        return;
      case 'power':
      case 'exponential':
      case 'function':
        this.#vanish(step.x);
        this.#vanish(n);
        return;
      case 'product':
        for (const x of [step.x, step.y, n]) this.#vanish(x);
    }
  }

  #demandAntisymmetric(n: number): void {
    this.#each(n, (r, c) => this.#classes.equate(this.#entry(n, r, c), this.#entry(n, c, r), -1));
  }

  #demandScores(q: number, k: number): void {
    this.#oppose(q, k);
    this.#demandNoFrame(q);
    this.#demandNoFrame(k);
  }

  /** A parameter in several places changes in one way. */
  #demandTied(): void {
    for (const uses of this.#graph.uses)
      for (const use of uses.slice(1)) {
        const first = uses[0]!;
        const [a, b] = [this.#graph.nodes[first]!.step, this.#graph.nodes[use]!.step];
        if (a.kind === 'shift' && b.kind === 'shift') this.#equateInFrame(first, use);
        if (a.kind !== 'linear' || b.kind !== 'linear') continue;
        if (a.transposed === b.transposed) {
          this.#equate(first, use);
          this.#equateInFrame(a.x, b.x);
        } else {
          this.#oppose(first, b.x);
          this.#oppose(use, a.x);
          this.#demandNoFrame(a.x);
          this.#demandNoFrame(b.x);
        }
      }
  }

  #equateInFrame(a: number, b: number): void {
    this.#equate(a, b);
    if (this.#frames[a]!.name !== this.#frames[b]!.name) this.#vanish(a);
  }

  #change(entries: readonly (readonly [node: number, row: number, col: number, sign: number])[]): Change {
    const change = this.#at.none();
    const byNode = new Map<number, (readonly [number, number, number])[]>();
    for (const [node, r, c, sign] of entries) {
      const known = byNode.get(node) ?? [];
      known.push([r, c, sign]);
      byNode.set(node, known);
    }
    for (const [node, list] of byNode) {
      const xi = this.#matrix(node, list);
      const { step, readers } = this.#graph.nodes[node]!;
      const block = blockOf(step);
      // A tied parameter changes as its first place demands; so it does in the others.
      if (block !== null && this.#graph.uses[block]![0] === node) this.#changeWhatWrites(change, step, xi);
      for (const reader of readers) {
        const { step: reading } = this.#graph.nodes[reader]!;
        if (reading.kind === 'linear' && this.#graph.uses[reading.block]![0] === reader)
          this.#changeWhatReads(change, reading.block, reading.transposed, xi);
      }
    }
    return change;
  }

  /** The change of the coordinates that a tensor has: its ξ, or CξC, taken through its frame. */
  #matrix(node: number, list: readonly (readonly [number, number, number])[]): Matrix {
    const { f } = this.#at;
    const { width } = this.#graph.nodes[node]!;
    const { gains, name } = this.#frames[node]!;
    const xi = matrix(width, width, () => 0);
    const put = (r: number, c: number, value: number): void => {
      xi.entries[r * width + c] = f.add(xi.entries[r * width + c]!, value);
    };
    const share = this.#isCentered(node) ? f.inverse(f.fromDecimal(String(width))) : 0;
    for (const [r, c, sign] of list) {
      const value = sign > 0 ? 1 : f.subtract(0, 1);
      if (!this.#isCentered(node)) {
        put(r, c, value);
        continue;
      }
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++) {
          const left = f.subtract(i === r ? 1 : 0, share);
          const right = f.subtract(j === c ? 1 : 0, share);
          put(i, j, f.multiply(value, f.multiply(left, right)));
        }
    }
    if (name === '') return xi;
    return matrix(width, width, (r, c) => {
      const entry = xi.entries[r * width + c]!;
      return entry === 0 ? 0 : f.multiply(f.inverse(gains[r]!), f.multiply(entry, gains[c]!));
    });
  }

  /** δWᵀ = Wᵀξ, δb = bξ, row by row for P. */
  #changeWhatWrites(change: Change, step: Step, xi: Matrix): void {
    const { f } = this.#at;
    if (step.kind !== 'linear' && step.kind !== 'shift') return;
    const isTransposed = step.kind === 'shift' || step.transposed;
    const w = this.#at.blocks[step.block]!;
    const others = isTransposed ? w.rows : w.cols;
    eachEntry(xi, (r, c, value) => {
      for (let n = 0; n < others; n++) {
        const entry = isTransposed ? w.entries[n * w.cols + r]! : w.entries[r * w.cols + n]!;
        const [row, col] = isTransposed ? [n, c] : [c, n];
        this.#at.add(change, step.block, row, col, f.multiply(entry, value));
      }
    });
  }

  /** δWᵀ = −ξWᵀ */
  #changeWhatReads(change: Change, block: number, transposed: boolean, xi: Matrix): void {
    const { f } = this.#at;
    const w = this.#at.blocks[block]!;
    const others = transposed ? w.cols : w.rows;
    eachEntry(xi, (r, c, value) => {
      const minus = f.subtract(0, value);
      for (let n = 0; n < others; n++) {
        const entry = transposed ? w.entries[c * w.cols + n]! : w.entries[n * w.cols + c]!;
        const [row, col] = transposed ? [r, n] : [n, r];
        this.#at.add(change, block, row, col, f.multiply(entry, minus));
      }
    });
  }
}

const noFrame = (width: number): Frame => ({ name: '', gains: new Float64Array(width).fill(1) });

function eachEntry(xi: Matrix, visit: (row: number, col: number, value: number) => void): void {
  for (let r = 0; r < xi.rows; r++)
    for (let c = 0; c < xi.cols; c++) {
      const value = xi.entries[r * xi.cols + c]!;
      if (value !== 0) visit(r, c, value);
    }
}
