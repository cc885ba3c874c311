import type { Compiled } from '../compile.ts';
import { isZero, type Fraction } from '../fraction.ts';
import { countArguments, type Mask } from '../mask.ts';
import type { Block, Id, Program } from '../program.ts';
import { statedFraction } from '../fraction.ts';

/** What docs/gauge.md tells apart: an operation of a program, with bias and weight on their own and without what symmetries do not see. */
export type Step =
  | { readonly kind: 'tokens' }
  | { readonly kind: 'combination'; readonly terms: readonly (readonly [x: number, factor: Fraction])[] }
  /** W·x, or Wᵀ·x. */
  | { readonly kind: 'linear'; readonly x: number; readonly block: Id; readonly transposed: boolean }
  | { readonly kind: 'shift'; readonly x: number; readonly block: Id }
  | { readonly kind: 'rotation'; readonly x: number; readonly dim: number }
  | { readonly kind: 'scores'; readonly q: number; readonly k: number; readonly mask: Mask }
  /** `scores` is null where every query sees one key only. */
  | { readonly kind: 'softmax'; readonly scores: number | null }
  | { readonly kind: 'mix'; readonly weights: number; readonly v: number; readonly mask: Mask }
  | { readonly kind: 'power'; readonly x: number; readonly exponent: number }
  | { readonly kind: 'exponential'; readonly x: number }
  | { readonly kind: 'function'; readonly x: number }
  | { readonly kind: 'product'; readonly x: number; readonly y: number }
  | { readonly kind: 'center'; readonly x: number }
  /** x/√(mean(x²) + ε) */
  | { readonly kind: 'normalized'; readonly x: number; readonly hasEpsilon: boolean }
  | { readonly kind: 'gain'; readonly x: number; readonly block: Id; readonly unitOffset: boolean };

export type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>;

export interface GaugeNode {
  readonly step: Step;
  readonly tokens: number;
  readonly width: number;
  /** The node whose entries make the tokens parallel: equal for equal coefficients. Null: not known to be parallel. */
  readonly parallel: Id | null;
  /** The nodes that read this one, each once. */
  readonly readers: number[];
}

/** The tensors that the output depends on, in the order in which they are computed. */
export interface GaugeGraph {
  readonly nodes: readonly GaugeNode[];
  readonly output: number;
  readonly blocks: readonly Block[];
  /** For each block the nodes that read it. */
  readonly uses: readonly (readonly number[])[];
  readonly parameters: number;
}

export function operandsOf(step: Step): readonly number[] {
  switch (step.kind) {
    case 'tokens':
      return [];
    case 'combination':
      return step.terms.map(([x]) => x);
    case 'scores':
      return [step.q, step.k];
    case 'softmax':
      return step.scores === null ? [] : [step.scores];
    case 'mix':
      return [step.weights, step.v];
    case 'product':
      return [step.x, step.y];
    default:
      return [step.x];
  }
}

export const blockOf = (step: Step): Id | null => ('block' in step ? step.block : null);

/** Whether a tensor is one of tokens: scores and weights are not. */
export const isOfTokens = ({ step }: GaugeNode): boolean => step.kind !== 'scores' && step.kind !== 'softmax';

/** Whether scores are read by softmax alone: what is added to all scores of a query is then invisible. */
export const onlySoftmaxReads = ({ nodes }: GaugeGraph, scores: number): boolean =>
  nodes[scores]!.readers.every((reader) => nodes[reader]!.step.kind === 'softmax');

export function gaugeGraph({ program, output }: Compiled): GaugeGraph {
  const builder = new Builder(program);
  const needed = new Uint8Array(program.tensors.length);
  needed[output] = 1;
  for (let id = output; id >= 0; id--) if (needed[id]) for (const x of readBy(program, id)) needed[x] = 1;
  for (let id = 0; id <= output; id++) if (needed[id]) builder.add(id);
  return builder.finished(output);
}

/** The operands that symmetries see: roots are those of what they divide, the slope of a logarithm is a function of its argument. */
function readBy(program: Program, id: Id): Id[] {
  const { operation: op } = program.tensor(id);
  switch (op.kind) {
    case 'tokens':
      return [];
    case 'combination':
      return op.terms.map(([x]) => x);
    case 'scores':
      return [op.q, op.k];
    case 'softmax':
      return countArguments(op.mask, false) === 0 ? [] : [op.scores];
    case 'mix':
      return [op.weights, op.v];
    case 'product':
      return [op.x, op.y];
    default:
      return [op.x];
  }
}

class Builder {
  readonly #program: Program;
  readonly #nodes: GaugeNode[] = [];
  readonly #uses: number[][];
  /** Nodes by their steps, and nodes of tensors. */
  readonly #known = new Map<string, number>();
  readonly #of = new Map<Id, number>();

  constructor(program: Program) {
    this.#program = program;
    this.#uses = program.blocks.map(() => []);
  }

  add(id: Id): void {
    this.#of.set(id, this.#built(id));
  }

  finished(output: Id): GaugeGraph {
    const { blocks, parameters } = this.#program;
    return { nodes: this.#nodes, output: this.#of.get(output)!, blocks, uses: this.#uses, parameters };
  }

  #built(id: Id): number {
    const { operation: op } = this.#program.tensor(id);
    const of = (x: Id): number => this.#of.get(x)!;
    const node = (step: Step, key: unknown = step): number => this.#node(id, step, key);
    switch (op.kind) {
      case 'tokens':
        return node({ kind: 'tokens' }, op.input);
      case 'combination': {
        const terms = op.terms.map(([x, text]): [number, Fraction] => [
          of(x),
          statedFraction('certificate.network', text),
        ]);
        return node({ kind: 'combination', terms }, op.terms);
      }
      case 'linear': {
        const { weight: block, transposed } = op;
        const mapped = node({ kind: 'linear', x: of(op.x), block, transposed });
        return op.bias === null ? mapped : node({ kind: 'shift', x: mapped, block: op.bias });
      }
      case 'shift':
        return node({ kind: 'shift', x: of(op.x), block: op.block });
      case 'rotation':
        return node({ kind: 'rotation', x: of(op.x), dim: op.dim }, [op.base, op.dim, op.x]);
      case 'scores':
        return node({ kind: 'scores', q: of(op.q), k: of(op.k), mask: op.mask });
      case 'softmax': {
        const scores = countArguments(op.mask, false) === 0 ? null : of(op.scores);
        return node({ kind: 'softmax', scores }, [scores, op.mask, scores === null ? null : op.alibi]);
      }
      case 'mix':
        return node({ kind: 'mix', weights: of(op.weights), v: of(op.v), mask: op.mask });
      case 'power':
        return op.exponent === 1 ? of(op.x) : node({ kind: 'power', x: of(op.x), exponent: op.exponent });
      case 'exponential':
        return node({ kind: 'exponential', x: of(op.x) });
      case 'product':
        return node({ kind: 'product', x: of(op.x), y: of(op.y) });
      case 'center':
        return node({ kind: 'center', x: of(op.x) });
      case 'normalized': {
        const roots = this.#program.tensor(op.roots).operation;
        const epsilon = roots.kind === 'roots' ? roots.epsilon : '0';
        const hasEpsilon = !isZero(statedFraction('certificate.network', epsilon));
        return node({ kind: 'normalized', x: of(op.x), hasEpsilon }, [op.x, op.roots, op.factor]);
      }
      case 'gain': {
        const { weight: block, unitOffset } = op;
        const scaled = block === null ? of(op.x) : node({ kind: 'gain', x: of(op.x), block, unitOffset });
        return op.bias === null ? scaled : node({ kind: 'shift', x: scaled, block: op.bias });
      }
      default:
        return node({ kind: 'function', x: of(op.x) }, id);
    }
  }

  #node(id: Id, step: Step, key: unknown): number {
    const { tokens, width, coefficients } = this.#program.tensor(id);
    const name = JSON.stringify([step.kind, key, tokens, width]);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const number = this.#nodes.length;
    // Widths are those of the tensor: a weight comes before its bias, and both before what follows.
    this.#nodes.push({ step, tokens, width, parallel: tokens === 1 ? -1 : coefficients, readers: [] });
    this.#known.set(name, number);
    for (const x of new Set(operandsOf(step))) this.#nodes[x]!.readers.push(number);
    const block = blockOf(step);
    if (block !== null) this.#uses[block]!.push(number);
    return number;
  }
}
