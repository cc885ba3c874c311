/** Variables that are equal up to a sign, or 0: a disjoint-set forest whose edges carry signs. */
export class SignedPartition {
  readonly #parent: Int32Array;
  readonly #sign: Int8Array;
  readonly #zero: Uint8Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
    this.#sign = new Int8Array(size).fill(1);
    this.#zero = new Uint8Array(size);
  }

  /** variable = sign · root */
  find(variable: number): { root: number; sign: 1 | -1 } {
    let root = variable;
    let sign = 1;
    while (this.#parent[root] !== root) {
      sign *= this.#sign[root]!;
      root = this.#parent[root]!;
    }
    // Path compression.
    for (let at = variable, rest = sign; at !== root;) {
      const [next, edge] = [this.#parent[at]!, this.#sign[at]!];
      this.#parent[at] = root;
      this.#sign[at] = rest;
      rest *= edge;
      at = next;
    }
    return { root, sign: sign as 1 | -1 };
  }

  /** a = sign · b; a variable that is its own negative is 0. */
  link(a: number, b: number, sign: 1 | -1): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x.root === y.root) {
      if (x.sign !== sign * y.sign) this.#zero[x.root] = 1;
      return;
    }
    this.#parent[x.root] = y.root;
    this.#sign[x.root] = x.sign * sign * y.sign;
    this.#zero[y.root]! |= this.#zero[x.root]!;
  }

  setZero(variable: number): void {
    this.#zero[this.find(variable).root] = 1;
  }

  isZero(variable: number): boolean {
    return this.#zero[this.find(variable).root] === 1;
  }
}
