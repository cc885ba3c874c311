import type { NamedInput } from '../verify/named-inputs.ts';
import { argumentTable, endOfKeys, firstKey } from '../verify/mask.ts';
import type { Id, Program } from '../verify/program.ts';
import type { Steps } from '../verify/steps.ts';
import { geluCubic } from '../verify/values.ts';
import { textOf } from '../verify/fraction.ts';

/** The places of what is given: parameters, tokens, and what was drawn in steps, each numbered from 0. */
export interface Places {
  readonly parameter: (n: number) => string;
  readonly token: (n: number) => string;
  readonly drawn: (n: number) => string;
}

/**
 * A network at one input as assignments of scalars, in order: a name and an expression in +, −, *, ^ by natural numbers, residues as natural numbers, and
 * the functions `inv(z)`, `expo(z, E)` (e^z, whose value is E), `root(u, r)` (√u, whose value is r) and `loga(z, s, L)` (of derivative s, whose value is L).
 */
export interface ScalarProgram {
  readonly assignments: readonly (readonly [name: string, expression: string])[];
  /** Of the tokens that leave, token by token. */
  readonly outputs: readonly string[];
}

/** What an input gives: its tokens, and what was drawn in its steps (units, logarithms, and the roots that were chosen). */
export interface GivenInput {
  readonly tokens: readonly string[];
  readonly drawn: readonly string[];
}

type Values<E extends number | bigint> = NamedInput<E>['values'];

/** Writes the network of a program, at the prime of `values`, whose rotations and constants are residues. */
export function scalarProgram<E extends number | bigint>(
  program: Program,
  output: Id,
  steps: Steps,
  values: Values<E>,
  places: Places,
): ScalarProgram {
  const writer = new Writer(program, steps, values, places);
  for (const id of program.tensors.keys()) writer.write(id);
  return { assignments: writer.assignments, outputs: writer.entries(output) };
}

/** What of an input the scalars of a program are computed from, in the order of its places. */
export function givenInput<E extends number | bigint>(
  program: Program,
  steps: Steps,
  { input, values }: Pick<NamedInput<E>, 'input' | 'values'>,
): GivenInput {
  const tokens: string[] = [];
  const drawn: string[] = [];
  for (const [id, { operation }] of program.tensors.entries())
    if (operation.kind === 'tokens') tokens.push(...Array.from(values.of[id] as ArrayLike<E>, String));
  for (const [id, count] of layout(program, steps)) {
    const source = steps.roots.includes(id) ? values.of[id]! : input.draws.get(id)!;
    for (let n = 0; n < count; n++) drawn.push(String(source[n]));
  }
  return { tokens, drawn };
}

/** The steps with the number of what is drawn in each, in the order of the places. */
function layout(program: Program, steps: Steps): (readonly [step: Id, count: number])[] {
  const roots = steps.roots.map((id) => [id, program.tensor(id).tokens] as const);
  return [...steps.units, ...steps.logarithms, ...roots];
}

class Writer<E extends number | bigint> {
  readonly assignments: [string, string][] = [];
  readonly #program: Program;
  readonly #steps: Steps;
  readonly #values: Values<E>;
  readonly #places: Places;
  readonly #entries: string[][] = [];
  /** The first place of what is drawn in a step. */
  readonly #drawn = new Map<Id, number>();
  #tokens = 0;

  constructor(program: Program, steps: Steps, values: Values<E>, places: Places) {
    this.#program = program;
    this.#steps = steps;
    this.#values = values;
    this.#places = places;
    let at = 0;
    for (const [step, count] of layout(program, steps)) {
      this.#drawn.set(step, at);
      at += count;
    }
  }

  entries(id: Id): string[] {
    return this.#entries[id]!;
  }

  write(id: Id): void {
    const { tokens, width } = this.#program.tensor(id);
    const entries: string[] = [];
    for (let i = 0; i < tokens; i++)
      for (let c = 0; c < width; c++) entries.push(this.#assigned(this.#entry(id, i, c)));
    this.#entries[id] = entries;
  }

  /** A name for an expression; what is no more than a name or a number stays. */
  #assigned(expression: string): string {
    if (/^[\w#[\]]+$/.test(expression)) return expression;
    const name = `v${this.assignments.length}`;
    this.assignments.push([name, expression]);
    return name;
  }

  #entry(id: Id, i: number, c: number): string {
    const { operation, width } = this.#program.tensor(id);
    const at = (x: Id, token: number, column: number): string =>
      this.#entries[x]![token * this.#program.tensor(x).width + column]!;
    const parameter = (block: Id, row: number, column: number): string => {
      const { first, cols } = this.#program.blocks[block]!;
      return this.#places.parameter(first + row * cols + column);
    };
    const columns = <T>(x: Id, term: (column: number) => T): T[] =>
      Array.from({ length: this.#program.tensor(x).width }, (_, column) => term(column));
    switch (operation.kind) {
      case 'tokens':
        return this.#places.token(this.#tokens++);
      case 'combination':
        return sum(operation.terms.map(([x, factor]) => `${this.#residue(factor)}*${at(x, i, c)}`));
      case 'linear': {
        const { x, weight, bias, transposed } = operation;
        const entry = (k: number): string => (transposed ? parameter(weight, k, c) : parameter(weight, c, k));
        const products = columns(x, (k) => product(entry(k), at(x, i, k)));
        return sum(bias === null ? products : [...products, parameter(bias, 0, c)]);
      }
      case 'shift': {
        const { x, block } = operation;
        const row = this.#program.blocks[block]!.rows > 1 ? i : 0;
        return sum([at(x, i, c), parameter(block, row, c)]);
      }
      case 'rotation':
        return this.#turned(operation, i, c, (column) => at(operation.x, i, column));
      case 'scores': {
        const { q, k, mask } = operation;
        if (c < firstKey(mask, i) || c >= endOfKeys(mask, i)) return '0';
        return sum(columns(q, (column) => product(at(q, i, column), at(k, c, column))));
      }
      case 'softmax':
        return this.#weight(id, operation, i, c);
      case 'mix': {
        const { weights, v, mask } = operation;
        const keys = range(firstKey(mask, i), endOfKeys(mask, i));
        return sum(keys.map((j) => product(at(weights, i, j), at(v, j, c))));
      }
      case 'power':
        return `(${at(operation.x, i, c)})^${operation.exponent}`;
      case 'geluArgument': {
        const { coefficient } = operation;
        const z = at(operation.x, i, c);
        const factor =
          coefficient === null ? String(this.#values.point.constant) : this.#residue(coefficient);
        return `2*${factor}*(${z} + ${this.#residue(textOf(geluCubic))}*(${z})^3)`;
      }
      case 'exponential': {
        const k = i * width + c;
        const { factors } = this.#steps.exponentials.get(id)!;
        const units = factors.map(({ basis, power }) => {
          const unit = this.#places.drawn(this.#drawn.get(this.#steps.basis[basis]!)! + k);
          return power < 0n ? `inv(${unit})^${-power}` : `${unit}^${power}`;
        });
        return `expo(${at(operation.x, i, c)}, ${units.join('*') || '1'})`;
      }
      case 'logistic': {
        const e = at(operation.x, i, c);
        return `${e}*inv(1 + ${e})`;
      }
      case 'hyperbolic': {
        const e = at(operation.x, i, c);
        return `(${e} - 1)*inv(${e} + 1)`;
      }
      case 'logarithm': {
        const value = this.#places.drawn(this.#drawn.get(id)! + i * width + c);
        return `loga(${at(operation.x, i, c)}, ${at(operation.slope, i, c)}, ${value})`;
      }
      case 'product':
        return product(at(operation.x, i, c), at(operation.y, i, c));
      case 'center': {
        const { x } = operation;
        const mean = this.#residue(`1/${this.#program.tensor(x).width}`);
        return `${at(x, i, c)} - ${mean}*(${sum(columns(x, (k) => at(x, i, k)))})`;
      }
      case 'roots': {
        const { x, epsilon } = operation;
        const mean = this.#residue(`1/${this.#program.tensor(x).width}`);
        const squares = sum(columns(x, (k) => `(${at(x, i, k)})^2`));
        const root = this.#places.drawn(this.#drawn.get(id)! + i);
        return `root(${mean}*(${squares}) + ${this.#residue(epsilon)}, ${root})`;
      }
      case 'normalized':
        return `${at(operation.x, i, c)}*inv(${this.#residue(operation.factor)}*${at(operation.roots, i, 0)})`;
      case 'gain': {
        const { x, weight, bias, unitOffset } = operation;
        const z = at(x, i, c);
        const scaled = weight === null ? z : product(parameter(weight, 0, c), z);
        return sum([
          scaled,
          ...(unitOffset && weight !== null ? [z] : []),
          ...(bias === null ? [] : [parameter(bias, 0, c)]),
        ]);
      }
    }
  }

  #turned(
    { base, dim }: { readonly base: number; readonly dim: number },
    i: number,
    c: number,
    x: (column: number) => string,
  ): string {
    if (c >= dim) return x(c);
    const { cos, sin } = this.#values.point.rotations.get(`${base} ${dim}`)!;
    const at = (i * dim) / 2 + Math.floor(c / 2);
    const turned = `${cos[at]}*${x(c)}`;
    return c % 2 === 0 ? `${turned} - ${sin[at]}*${x(c + 1)}` : `${turned} + ${sin[at]}*${x(c - 1)}`;
  }

  /** The weight of a key is e^s over the sum of all of a query, which is assigned once. */
  #weight(
    id: Id,
    operation: Extract<ReturnType<Program['tensor']>['operation'], { kind: 'softmax' }>,
    i: number,
    j: number,
  ): string {
    const { mask, scores, symmetric } = operation;
    const [first, end] = [firstKey(mask, i), endOfKeys(mask, i)];
    if (j < first || j >= end) return '0';
    if (end - first === 1) return '1';
    if (j === first) {
      const table = argumentTable(mask, symmetric);
      this.#exponentials = range(first, end).map((key) => {
        const unit = this.#places.drawn(this.#drawn.get(id)! + table[i * mask.keys + key]!);
        return this.#assigned(`expo(${this.#entries[scores]![i * mask.keys + key]}, ${unit})`);
      });
      this.#total = this.#assigned(`inv(${sum(this.#exponentials)})`);
    }
    return product(this.#exponentials[j - first]!, this.#total);
  }

  #exponentials: string[] = [];
  #total = '';

  #residue(text: string): string {
    return String(this.#values.coefficients.residue(text));
  }
}

const product = (a: string, b: string): string =>
  a === '0' || b === '0' ? '0' : a === '1' ? b : b === '1' ? a : `${a}*${b}`;

function sum(terms: readonly string[]): string {
  const present = terms.filter((term) => term !== '0');
  return present.length === 0 ? '0' : present.join(' + ');
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
