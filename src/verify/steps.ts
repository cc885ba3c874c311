import { UnitLattice, type UnitPower } from './lattice.ts';
import { countArguments, isMutual } from './mask.ts';
import { blocksOf, operands, type Id, type Program } from './program.ts';

/*
 * The steps of a network (docs/point.md): what is drawn in each, on which draw a tensor depends last, and which arguments have to be independent.
 */

/** How an exponential is made of units, and k if its argument is e_k: then the units of b_k are drawn in its step. */
export interface Exponential {
  readonly factors: readonly UnitPower[];
  readonly basis: number | null;
}

/** A draw, as the tensor in whose step it is, and whether token i depends on what is drawn there through its token i alone. */
export interface Source {
  readonly step: Id;
  readonly local: boolean;
}

/** The arguments of one softmax, or of one function, of which the exponentials are new: scores, or the argument. */
export interface ArgumentStep {
  readonly step: Id;
  readonly count: number;
  /** Whether a step before has to be checked together with this one. */
  readonly joint: boolean;
}

export interface Steps {
  readonly exponentials: ReadonlyMap<Id, Exponential>;
  /** For each k the exponential whose argument is e_k. */
  readonly basis: readonly Id[];
  readonly sources: readonly (Source | null)[];
  /** Steps that draw units or logarithms, with the number of residues. */
  readonly units: readonly (readonly [step: Id, count: number])[];
  readonly logarithms: readonly (readonly [step: Id, count: number])[];
  readonly argumentSteps: readonly ArgumentStep[];
  readonly roots: readonly Id[];
}

export function stepsOf(program: Program): Steps {
  const { exponentials, basis } = unitsOfFunctions(program);
  const units: [Id, number][] = [];
  const logarithms: [Id, number][] = [];
  const roots: Id[] = [];
  for (const [id, { operation, tokens, width }] of program.tensors.entries()) {
    if (operation.kind === 'softmax') {
      const count = countArguments(operation.mask, operation.symmetric);
      if (count > 0) units.push([id, count]);
    } else if (exponentials.get(id)?.basis != null) units.push([id, tokens * width]);
    else if (operation.kind === 'logarithm') logarithms.push([id, tokens * width]);
    else if (operation.kind === 'roots') roots.push(id);
  }
  const sources = sourcesOf(program, exponentials, basis);
  return {
    exponentials,
    basis,
    sources,
    units,
    logarithms,
    roots,
    argumentSteps: argumentSteps(program, units, roots),
  };
}

function unitsOfFunctions(program: Program): Pick<Steps, 'exponentials' | 'basis'> {
  const lattice = new UnitLattice(program.budget);
  const ids: Id[] = [];
  const places: (number | null)[] = [];
  for (const [id, { operation }] of program.tensors.entries())
    if (operation.kind === 'exponential') {
      ids.push(id);
      places.push(lattice.add(program.tensor(operation.x).terms));
    }
  const factors = lattice.factors();
  const exponentials = new Map(
    ids.map((id, n) => [id, { factors: factors[n]!, basis: places[n]! }] as const),
  );
  return { exponentials, basis: ids.filter((_, n) => places[n] !== null) };
}

/** The last draw on which each tensor depends. */
function sourcesOf(
  program: Program,
  exponentials: Steps['exponentials'],
  basis: readonly Id[],
): (Source | null)[] {
  const sources: (Source | null)[] = [];
  const mixed = (source: Source | null): Source | null => source && { ...source, local: false };
  const last = (...all: (Source | null)[]): Source | null =>
    all.reduce((a, b) => {
      if (a === null || b === null) return a ?? b;
      if (a.step === b.step) return { step: a.step, local: a.local && b.local };
      return a.step > b.step ? a : b;
    }, null);
  for (const [id, { operation }] of program.tensors.entries()) {
    const of = (operand: Id): Source | null => sources[operand]!;
    switch (operation.kind) {
      case 'tokens':
      case 'logarithm':
        sources.push({ step: id, local: true });
        break;
      case 'scores':
        sources.push(last(of(operation.q), mixed(of(operation.k))));
        break;
      case 'softmax': {
        // Where units are shared, query j depends on those that were drawn at query i.
        const { mask, symmetric } = operation;
        const draws = countArguments(mask, symmetric) > 0;
        sources.push(draws ? { step: id, local: !(symmetric && isMutual(mask)) } : null);
        break;
      }
      case 'mix':
        sources.push(last(of(operation.weights), mixed(of(operation.v))));
        break;
      case 'exponential': {
        const { factors } = exponentials.get(id)!;
        sources.push(last(...factors.map((factor) => ({ step: basis[factor.basis]!, local: true }))));
        break;
      }
      default:
        sources.push(last(...operands(operation).map(of)));
    }
  }
  return sources;
}

/** For each tensor whether it depends on a block of parameters that changes. O(tensors) */
export function dependents(program: Program, changes: (block: Id) => boolean): Uint8Array {
  const depends = new Uint8Array(program.tensors.length);
  for (const [id, { operation }] of program.tensors.entries())
    if (blocksOf(operation).some(changes) || operands(operation).some((operand) => depends[operand] === 1))
      depends[id] = 1;
  return depends;
}

/** Whether a linear map has parameters that nothing before it has read, and on which no step before `end` depends. */
function isFresh(program: Program, map: Id, steps: ReadonlySet<Id>, end: Id): boolean {
  return blocksOf(program.tensor(map).operation).every((block) => {
    if (program.firstReader[block] !== map) return false;
    let depends: Uint8Array | null = null;
    for (let id = map + 1; id < end; id++) {
      program.budget.spend(1);
      if (!steps.has(id)) continue;
      if (depends === null) program.budget.spend(program.tensors.length);
      depends ??= dependents(program, (other) => other === block);
      if (depends[id] === 1) return false;
    }
    return true;
  });
}

function argumentSteps(
  program: Program,
  units: readonly (readonly [Id, number])[],
  roots: readonly Id[],
): ArgumentStep[] {
  const steps = new Set([...units.map(([step]) => step), ...roots]);
  return units.map(([step, count]) => {
    const map = linearOrigin(program, step);
    return { step, count, joint: map === null || !isFresh(program, map, steps, step) };
  });
}

/** The linear map of whose output the arguments of a step are a linear function: that of the queries, or the argument but for a factor. */
function linearOrigin(program: Program, step: Id): Id | null {
  const { operation } = program.tensor(step);
  if (operation.kind === 'softmax') {
    const scores = program.tensor(operation.scores).operation;
    if (scores.kind !== 'scores') return null;
    const q = program.tensor(scores.q).operation;
    return q.kind === 'rotation' ? q.x : scores.q;
  }
  if (operation.kind !== 'exponential') return null;
  const { terms } = program.tensor(operation.x);
  const [atom] = terms.keys();
  return terms.size === 1 && program.maps.has(atom!) ? atom! : null;
}

/** A matrix that must have full column rank: a column for each point, then the entries of some steps, a row whenever `step` is reached. */
export interface IndependenceCheck {
  readonly step: Id;
  readonly parts: readonly { readonly step: Id; readonly count: number }[];
  /** Columns but for those of the points. */
  readonly count: number;
}

const checkOf = (step: Id, parts: IndependenceCheck['parts']): IndependenceCheck => ({
  step,
  parts,
  count: parts.reduce((sum, { count }) => sum + count, 0),
});

/** The matrices of docs/point.md, "Independence": the arguments of each step, and those before if they are checked together. */
export function argumentChecks({ argumentSteps: steps }: Steps): IndependenceCheck[] {
  return steps.map(({ step, joint }, n) => checkOf(step, steps.slice(joint ? 0 : n, n + 1)));
}

/**
 * Beyond the document: where a step is checked together with those before, its arguments must be independent of the logarithms before it as well, or an
 * exponential is no new one: e^{log(1 + e^u)} = 1 + e^u.
 */
export function logarithmChecks({ argumentSteps: steps, logarithms }: Steps): IndependenceCheck[] {
  return steps.flatMap(({ step, joint }, n) => {
    const before = logarithms.flatMap(([id, count]) => (id < step ? [{ step: id, count }] : []));
    return joint && before.length > 0 ? [checkOf(step, [...steps.slice(0, n + 1), ...before])] : [];
  });
}

export const needsEvidence = ({ argumentSteps: steps, roots }: Steps): boolean =>
  steps.length > 0 || roots.length > 0;
