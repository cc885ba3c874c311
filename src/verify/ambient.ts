import type { Compiled } from './compile.ts';
import { operandsOf, gaugeGraph, type GaugeGraph, type Step } from './gauge/graph.ts';

/** The space of the polynomial maps that a network's shape allows. */
export interface AmbientSpace {
  readonly dimension: bigint;
  readonly statement: string;
}

/** Beyond these there is no bound of this kind. */
const mostDegrees = 64;
const highestDegree = 2 ** 30;

/** With more, the space has more dimensions than any network has parameters. */
const mostMonomials = 1n << 60n;

/** Degrees of a tensor's entries in the coordinates of the token that entered; null where they are no polynomials in these alone. */
type Degrees = ReadonlySet<number> | null;

/** docs/gauge.md, "Polynomial networks"; null where tokens that leave are not such polynomials, or of too many degrees. */
export function polynomialSpace(compiled: Compiled, inputDim: number): AmbientSpace | null {
  const graph = gaugeGraph(compiled);
  const found: Degrees[] = [];
  for (const { step } of graph.nodes) found.push(polynomialDegrees(step, found));
  const degrees = found[graph.output];
  if (!degrees) return null;
  const { width, tokens } = graph.nodes[graph.output]!;
  const copies = addsPositions(graph) ? tokens : 1;
  const sorted = [...degrees].sort((a, b) => a - b);
  const monomials = sorted.reduce((sum, degree) => sum + multisets(inputDim, degree), 0n);
  if (monomials > mostMonomials) return null;
  return {
    dimension: monomials * BigInt(width) * BigInt(copies),
    statement: `all polynomial maps of a token: degrees ${sorted.join(', ')} in ${inputDim} variables, ${width} coordinates${copies > 1 ? `, ${copies} tokens` : ''}`,
  };
}

/** Whether tokens differ by more than what they entered as. */
const addsPositions = ({ nodes, blocks }: GaugeGraph): boolean =>
  nodes.some(({ step }) => step.kind === 'shift' && blocks[step.block]!.rows > 1);

/** Degrees of a node in those of the nodes that it reads; null where it is no polynomial in them, or of too many degrees. */
export const polynomialDegrees = (step: Step, found: readonly Degrees[]): Degrees =>
  limited(degreesOf(step, found));

const limited = (degrees: Degrees): Degrees =>
  degrees && degrees.size <= mostDegrees && Math.max(...degrees) <= highestDegree ? degrees : null;

function degreesOf(step: Step, found: readonly Degrees[]): Degrees {
  const parts: ReadonlySet<number>[] = [];
  for (const x of operandsOf(step)) {
    const degrees = found[x];
    if (!degrees) return null;
    parts.push(degrees);
  }
  switch (step.kind) {
    case 'tokens':
      return new Set([1]);
    case 'linear':
    case 'gain':
    case 'center':
      return parts[0]!;
    case 'combination':
      return new Set(parts.flatMap((part) => [...part]));
    case 'shift':
      return new Set([...parts[0]!, 0]);
    case 'product':
      return sums(parts[0]!, parts[1]!);
    case 'power':
      return powers(parts[0]!, step.exponent);
    default:
      return null;
  }
}

function powers(degrees: ReadonlySet<number>, exponent: number): Degrees {
  if (degrees.size === 1) return new Set(Array.from(degrees, (degree) => degree * exponent));
  if (exponent > mostDegrees) return null;
  let power: ReadonlySet<number> = new Set([0]);
  for (let n = 0; n < exponent; n++) power = sums(power, degrees);
  return power;
}

const sums = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> =>
  new Set(Array.from(a).flatMap((x) => Array.from(b, (y) => x + y)));

/** Monomials of a degree: C(variables + degree − 1, degree), or a number above `mostMonomials`. */
export function multisets(variables: number, degree: number): bigint {
  const top = variables + degree - 1;
  const length = Math.min(degree, variables - 1);
  let count = 1n;
  for (let n = 1; n <= length && count <= mostMonomials; n++)
    count = (count * BigInt(top - length + n)) / BigInt(n);
  return count;
}
