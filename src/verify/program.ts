import { Budget } from './budget.ts';
import {
  absolute,
  isOne,
  isZero,
  one,
  quotient,
  sum,
  textOf,
  times,
  zero,
  type Fraction,
} from './fraction.ts';
import type { Sparse } from './lattice.ts';
import { isMutual, seesAll, type Mask } from './mask.ts';

/** The number of a tensor in its program, or of a block of parameters. */
export type Id = number;

/** What computes a tensor from tensors before it. Entries of tensors: token by token, coordinate by coordinate. */
export type Operation =
  | { readonly kind: 'tokens'; readonly input: 'input' | 'context' }
  /** Σ c·a over tensors that are no combinations. */
  | { readonly kind: 'combination'; readonly terms: readonly (readonly [tensor: Id, factor: string])[] }
  /** W·x + b, or Wᵀ·x + b. */
  | {
      readonly kind: 'linear';
      readonly x: Id;
      readonly weight: Id;
      readonly bias: Id | null;
      readonly transposed: boolean;
    }
  /** Adds one row of parameters to every token, or a row to each. */
  | { readonly kind: 'shift'; readonly x: Id; readonly block: Id }
  | { readonly kind: 'rotation'; readonly x: Id; readonly base: number; readonly dim: number }
  /** Queries × keys; 0 where a key is hidden. */
  | { readonly kind: 'scores'; readonly q: Id; readonly k: Id; readonly mask: Mask }
  | {
      readonly kind: 'softmax';
      readonly scores: Id;
      readonly mask: Mask;
      readonly symmetric: boolean;
      /** The head and the number of heads on which the slope of ALiBi depends; null without. */
      readonly alibi: string | null;
    }
  | { readonly kind: 'mix'; readonly weights: Id; readonly v: Id; readonly mask: Mask }
  | { readonly kind: 'power'; readonly x: Id; readonly exponent: number }
  /** 2c(z + 0.044715 z³); the coefficient c is √(2/π) if it is null. */
  | { readonly kind: 'geluArgument'; readonly x: Id; readonly coefficient: string | null }
  | { readonly kind: 'exponential'; readonly x: Id }
  /** E/(1 + E) */
  | { readonly kind: 'logistic'; readonly x: Id }
  /** (E − 1)/(E + 1) */
  | { readonly kind: 'hyperbolic'; readonly x: Id }
  /** log(1 + e^x) with its derivative `slope` by x. */
  | { readonly kind: 'logarithm'; readonly x: Id; readonly slope: Id }
  | { readonly kind: 'product'; readonly x: Id; readonly y: Id }
  | { readonly kind: 'center'; readonly x: Id }
  /** √(mean(x²) + ε), one a token. */
  | { readonly kind: 'roots'; readonly x: Id; readonly epsilon: string }
  /** x/(factor·root). */
  | { readonly kind: 'normalized'; readonly x: Id; readonly roots: Id; readonly factor: string }
  /** (γ + 0 or 1) ∘ x + β */
  | {
      readonly kind: 'gain';
      readonly x: Id;
      readonly weight: Id | null;
      readonly bias: Id | null;
      readonly unitOffset: boolean;
    };

/** A matrix of parameters; `first` is the number of its first entry. */
export interface Block {
  readonly first: number;
  readonly rows: number;
  readonly cols: number;
}

export interface Tensor {
  readonly operation: Operation;
  readonly tokens: number;
  readonly width: number;
  /** Of a combination its terms; otherwise the tensor itself. */
  readonly terms: Sparse;
  /** The tensor whose entries z_i make this one parallel; null: not known to be parallel. */
  readonly coefficients: Id | null;
}

/** The tensors that an operation needs. */
export function operands(operation: Operation): Id[] {
  switch (operation.kind) {
    case 'tokens':
      return [];
    case 'combination':
      return operation.terms.map(([tensor]) => tensor);
    case 'scores':
      return [operation.q, operation.k];
    case 'softmax':
      return [operation.scores];
    case 'mix':
      return [operation.weights, operation.v];
    case 'logarithm':
      return [operation.x, operation.slope];
    case 'product':
      return [operation.x, operation.y];
    case 'normalized':
      return [operation.x, operation.roots];
    default:
      return [operation.x];
  }
}

/** The blocks of parameters that an operation reads. */
export function blocksOf(operation: Operation): Id[] {
  switch (operation.kind) {
    case 'linear':
    case 'gain':
      return [operation.weight, operation.bias].filter((block) => block !== null);
    case 'shift':
      return [operation.block];
    default:
      return [];
  }
}

/**
 * A network as tensors in the order in which they are computed. What is computed by the same operation from the same tensors is one tensor.
 */
export class Program {
  readonly tensors: Tensor[] = [];
  readonly blocks: Block[] = [];
  /** The tensor that is the first to read a block. */
  readonly firstReader: Id[] = [];
  parameters = 0;
  /** The angles of rotary layers, in the order of their first occurrence. */
  readonly rotaries: { readonly base: number; readonly dim: number }[] = [];
  /** What no prime may divide: denominators, widths of norms, and numbers that norms divide by. */
  readonly denominators = new Set<bigint>();
  largestExponent = 1;
  needsConstant = false;
  /** Linear maps of which the parameters may make the arguments independent: see `independence.ts`. */
  readonly maps = new Set<Id>();
  readonly budget = new Budget();
  readonly #ids = new Map<string, Id>();

  tensor(id: Id): Tensor {
    return this.tensors[id]!;
  }

  block(rows: number, cols: number): Id {
    this.budget.spend(1);
    this.blocks.push({ first: this.parameters, rows, cols });
    this.parameters += rows * cols;
    return this.blocks.length - 1;
  }

  tokens(input: 'input' | 'context', tokens: number, width: number): Id {
    return this.#tensor({ kind: 'tokens', input }, tokens, width, null);
  }

  /** Σ c·x. */
  combination(parts: readonly (readonly [x: Id, factor: Fraction])[]): Id {
    const { tokens, width } = this.tensor(parts[0]![0]);
    const terms = new Map<Id, Fraction>();
    for (const [x, factor] of parts)
      for (const [atom, inner] of this.tensor(x).terms)
        terms.set(atom, this.budget.charged(sum(terms.get(atom) ?? zero, times(factor, inner))));
    const sorted = Array.from(terms)
      .filter(([, factor]) => !isZero(factor))
      .sort(([a], [b]) => a - b);
    if (sorted.length === 1 && isOne(sorted[0]![1])) return sorted[0]![0];
    const shared = new Set(sorted.map(([atom]) => this.tensor(atom).coefficients));
    const [coefficients = null] = shared.size === 1 ? shared : [];
    const written = sorted.map(([atom, factor]) => [atom, textOf(factor)] as const);
    return this.#tensor(
      { kind: 'combination', terms: written },
      tokens,
      width,
      coefficients,
      new Map(sorted),
    );
  }

  /** The parameters of linear, gated and query maps are those that independence may rest on. */
  linear(x: Id, weight: Id, bias: Id | null, transposed = false): Id {
    const { tokens, coefficients } = this.tensor(x);
    const { rows, cols } = this.blocks[weight]!;
    const width = transposed ? cols : rows;
    const operation = { kind: 'linear', x, weight, bias, transposed } as const;
    return this.#tensor(operation, tokens, width, bias === null ? coefficients : null);
  }

  shift(x: Id, block: Id): Id {
    return this.#like(x, { kind: 'shift', x, block }, null);
  }

  rotation(x: Id, base: number, dim: number): Id {
    if (!this.rotaries.some((other) => other.base === base && other.dim === dim)) {
      this.budget.spend(this.rotaries.length + 1);
      this.rotaries.push({ base, dim });
    }
    return this.#like(x, { kind: 'rotation', x, base, dim }, null);
  }

  scores(q: Id, k: Id, mask: Mask): Id {
    return this.#tensor({ kind: 'scores', q, k, mask }, mask.queries, mask.keys, null);
  }

  softmax(scores: Id, mask: Mask, alibi: string | null): Id {
    const { q, k } = this.tensor(scores).operation as Extract<Operation, { kind: 'scores' }>;
    const z = this.tensor(q).coefficients;
    const symmetric = z !== null && z === this.tensor(k).coefficients && isMutual(mask);
    const operation = { kind: 'softmax', scores, mask, symmetric, alibi } as const;
    return this.#tensor(operation, mask.queries, mask.keys, null);
  }

  mix(weights: Id, v: Id, mask: Mask): Id {
    const { width, coefficients } = this.tensor(v);
    const { operation } = this.tensor(weights);
    let parallel: Id | 'own' | null = coefficients === null ? null : 'own';
    if (operation.kind === 'scores' && seesAll(mask)) {
      const q = this.tensor(operation.q);
      if (q.width === 1) parallel = q.coefficients;
    }
    return this.#tensor({ kind: 'mix', weights, v, mask }, mask.queries, width, parallel);
  }

  power(x: Id, exponent: number): Id {
    this.largestExponent = Math.max(this.largestExponent, exponent);
    return this.#like(x, { kind: 'power', x, exponent }, null);
  }

  geluArgument(x: Id, coefficient: Fraction | null): Id {
    this.denominators.add(200000n);
    if (coefficient === null) this.needsConstant = true;
    else this.denominators.add(coefficient.d);
    const text = coefficient === null ? null : textOf(coefficient);
    return this.#like(x, { kind: 'geluArgument', x, coefficient: text }, null);
  }

  exponential(x: Id): Id {
    return this.#like(x, { kind: 'exponential', x }, null);
  }

  logistic(x: Id): Id {
    return this.#like(x, { kind: 'logistic', x }, null);
  }

  hyperbolic(x: Id): Id {
    return this.#like(x, { kind: 'hyperbolic', x }, null);
  }

  logarithm(x: Id, slope: Id): Id {
    return this.#like(x, { kind: 'logarithm', x, slope }, null);
  }

  product(x: Id, y: Id): Id {
    return this.#like(x, { kind: 'product', x, y }, null);
  }

  /** x/√(mean(x²) + ε), or that of x minus its mean. The roots are those of x divided by its first coefficient c, times |c|. */
  normalized(x: Id, epsilon: Fraction, centered: boolean): Id {
    const { width, terms } = this.tensor(x);
    const [leading = one] = terms.values();
    const inverse = quotient(one, leading);
    const scaled = this.budget.charged(times(epsilon, times(inverse, inverse)));
    this.denominators.add(BigInt(width)).add(epsilon.d).add(leading.n).add(scaled.d);
    const inside = (tensor: Id): Id => (centered ? this.#center(tensor) : tensor);
    const under = inside(this.combination([[x, inverse]]));
    const roots = this.#tensor(
      { kind: 'roots', x: under, epsilon: textOf(scaled) },
      this.tensor(x).tokens,
      1,
      null,
    );
    const over = inside(x);
    const parallel = this.tensor(over).coefficients === null ? null : 'own';
    const factor = textOf(absolute(leading));
    return this.#like(over, { kind: 'normalized', x: over, roots, factor }, parallel);
  }

  gain(x: Id, weight: Id | null, bias: Id | null, unitOffset: boolean): Id {
    const parallel = bias === null ? this.tensor(x).coefficients : null;
    return this.#like(x, { kind: 'gain', x, weight, bias, unitOffset }, parallel);
  }

  #center(x: Id): Id {
    return this.#like(x, { kind: 'center', x }, this.tensor(x).coefficients);
  }

  #like(x: Id, operation: Operation, coefficients: Id | 'own' | null): Id {
    const { tokens, width } = this.tensor(x);
    return this.#tensor(operation, tokens, width, coefficients);
  }

  #tensor(
    operation: Operation,
    tokens: number,
    width: number,
    coefficients: Id | 'own' | null,
    terms?: Sparse,
  ): Id {
    const key = JSON.stringify([operation, tokens, width]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.budget.spend(tensorTerms);
    const id = this.tensors.length;
    // Last of the cases of docs/point.md: tokens with one coordinate are parallel with their own.
    const own = coefficients === 'own' || (coefficients === null && width === 1);
    this.tensors.push({
      operation,
      tokens,
      width,
      terms: terms ?? new Map([[id, one]]),
      coefficients: own ? id : (coefficients as Id | null),
    });
    this.#ids.set(key, id);
    for (const block of blocksOf(operation)) this.firstReader[block] ??= id;
    return id;
  }
}

/** What a tensor counts in the budget: at most 2¹⁵ of them. */
const tensorTerms = 2 ** 5;
