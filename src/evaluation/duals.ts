import { Enclosures, type Arithmetic, type Interval } from './interval.ts';

/** x + slope·ε with ε² = 0: enclosures of a value and of its derivative in one direction. */
export interface Dual {
  readonly value: Interval;
  readonly slope: Interval;
}

/** The arithmetic of values with their derivatives: forward differentiation. */
export class Duals implements Arithmetic<Dual> {
  readonly #base: Enclosures;
  readonly zero: Dual;
  readonly one: Dual;

  constructor(bits: number) {
    this.#base = new Enclosures(bits);
    this.zero = this.of(0n);
    this.one = this.of(1n);
  }

  of(n: bigint, d = 1n): Dual {
    return { value: this.#base.of(n, d), slope: this.#base.zero };
  }

  /** n/d, whose derivative is s/e. */
  moving(n: bigint, d: bigint, s: bigint, e: bigint): Dual {
    return { value: this.#base.of(n, d), slope: this.#base.of(s, e) };
  }

  valueOf({ value }: Dual): Interval {
    return value;
  }

  add(a: Dual, b: Dual): Dual {
    return { value: this.#base.add(a.value, b.value), slope: this.#base.add(a.slope, b.slope) };
  }

  subtract(a: Dual, b: Dual): Dual {
    return { value: this.#base.subtract(a.value, b.value), slope: this.#base.subtract(a.slope, b.slope) };
  }

  multiply(a: Dual, b: Dual): Dual {
    return this.dot([a], [b]);
  }

  dot(a: readonly Dual[], b: readonly Dual[]): Dual {
    const [x, y] = [a.map(({ value }) => value), b.map(({ value }) => value)];
    const [dx, dy] = [a.map(({ slope }) => slope), b.map(({ slope }) => slope)];
    return { value: this.#base.dot(x, y), slope: this.#base.dot([...x, ...dx], [...dy, ...y]) };
  }

  square(a: Dual): Dual {
    return this.power(a, 2);
  }

  power({ value, slope }: Dual, exponent: number): Dual {
    const base = this.#base;
    const factor = base.multiply(base.of(BigInt(exponent)), base.power(value, exponent - 1));
    const power = exponent === 2 ? base.square(value) : base.power(value, exponent);
    return { value: power, slope: base.multiply(factor, slope) };
  }

  divide(a: Dual, b: Dual): Dual {
    const value = this.#base.divide(a.value, b.value);
    const rest = this.#base.subtract(a.slope, this.#base.multiply(value, b.slope));
    return { value, slope: this.#base.divide(rest, b.value) };
  }

  sqrt({ value, slope }: Dual): Dual {
    const root = this.#base.sqrt(value);
    return { value: root, slope: this.#base.divide(slope, this.#base.add(root, root)) };
  }

  exp({ value, slope }: Dual): Dual {
    const power = this.#base.exp(value);
    return { value: power, slope: this.#base.multiply(power, slope) };
  }

  log({ value, slope }: Dual): Dual {
    return { value: this.#base.log(value), slope: this.#base.divide(slope, value) };
  }

  sigmoid({ value, slope }: Dual): Dual {
    const base = this.#base;
    const sigmoid = base.sigmoid(value);
    const derivative = base.multiply(sigmoid, base.subtract(base.one, sigmoid));
    return { value: sigmoid, slope: base.multiply(derivative, slope) };
  }

  softplus({ value, slope }: Dual): Dual {
    return {
      value: this.#base.softplus(value),
      slope: this.#base.multiply(this.#base.sigmoid(value), slope),
    };
  }

  pi(): Dual {
    return { value: this.#base.pi(), slope: this.#base.zero };
  }

  turn({ value, slope }: Dual): { readonly cos: Dual; readonly sin: Dual } {
    const { cos, sin } = this.#base.turn(value);
    return {
      cos: { value: cos, slope: this.#base.multiply(this.#base.negate(sin), slope) },
      sin: { value: sin, slope: this.#base.multiply(cos, slope) },
    };
  }
}
