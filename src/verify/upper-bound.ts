import type { Pace } from '../pace.ts';
import { polynomialSpace } from './ambient.ts';
import { smallArithmetic, smallPrimes } from './arithmetic.ts';
import { closedFormStatement, closedFormTerms, plainStack, type ClosedFormTerms } from './bound.ts';
import type { Compiled } from './compile.ts';
import { demand } from './fault.ts';
import { integer, literal, object, statedPoint, text, type Fields } from './fields.ts';
import { gaugeRank } from './gauge/rank.ts';
import type { StatedNetwork } from './network-shape.ts';
import { demandAdmissible } from './primes.ts';

/** A bound that is recomputed, and what is left to compute at a point. */
export interface StatedUpperBound {
  readonly method: string;
  readonly statement: string;
  /** Demands that all that needs no point is as it should be, and returns the bound that is stated. */
  check(compiled: Compiled): number;
  /** Recomputes at the point that is named. */
  prove(compiled: Compiled, operations: number, pace: Pace): Promise<void>;
}

type Evidence = Pick<StatedUpperBound, 'check' | 'prove'>;

/** A method that proves upper bounds for some networks. */
interface Method {
  /** Its fields beside `method` and `statement`. */
  readonly fields: readonly string[];
  appliesTo(network: StatedNetwork): boolean;
  /** Reads its fields. */
  read(path: string, fields: Fields, network: StatedNetwork): Evidence;
}

const termNames = ['scores', 'flag', 'output', 'scales'] as const;
const isStack = (network: StatedNetwork): boolean => plainStack(network) !== null;
const nothing = async (): Promise<void> => {};

const parametersStatement = 'the number of parameters';
const gaugeStatement =
  'parameters less the rank of the known symmetries at a point (docs/gauge.md): upper = parameters - rank';

/** By name, as in docs/certificate.md, "Upper bound". */
const methods: Readonly<Record<string, Method>> = {
  'closed-form': {
    fields: ['terms'],
    appliesTo: isStack,
    read(path, fields, network) {
      const stated = object(`${path}.terms`, fields['terms'], termNames);
      for (const name of termNames) integer(`${path}.terms.${name}`, stated[name], 0);
      return {
        check() {
          demandStatement(path, fields, closedFormStatement);
          const layers = plainStack(network)!;
          const terms: ClosedFormTerms = closedFormTerms(network.inputDim, network.tokens, layers);
          for (const name of termNames)
            demand(stated[name] === terms[name], `${path}.terms.${name}`, String(terms[name]), stated[name]);
          return terms.scores + terms.flag + terms.output - terms.scales;
        },
        prove: nothing,
      };
    },
  },
  gauge: {
    fields: ['prime', 'point', 'rank'],
    appliesTo: (network) => !isStack(network),
    read(path, fields) {
      const { prime, seed } = statedPoint(path, fields['prime'], fields['point']);
      const rank = integer(`${path}.rank`, fields['rank'], 0);
      return {
        check({ program }) {
          demandStatement(path, fields, gaugeStatement);
          demand(prime < smallPrimes, `${path}.prime`, `a prime below ${smallPrimes}`, String(prime));
          demandAdmissible(`${path}.prime`, prime, program);
          demand(rank <= program.parameters, `${path}.rank`, `at most ${program.parameters}`, rank);
          return program.parameters - rank;
        },
        async prove(compiled, operations, pace) {
          const f = smallArithmetic(Number(prime));
          const found = await gaugeRank(compiled, prime, seed, f, operations, pace);
          // More symmetries than are claimed prove the claim too.
          demand(found >= rank, `${path}.rank`, `at most ${found}`, rank);
        },
      };
    },
  },
  ambient: {
    fields: [],
    appliesTo: (network) => !isStack(network),
    read: (path, fields, network) => ({
      check(compiled) {
        const { parameters } = compiled.program;
        if (fields['statement'] === parametersStatement) return parameters;
        const space = polynomialSpace(compiled, network.inputDim);
        demandStatement(path, fields, space?.statement ?? parametersStatement);
        return Number(space!.dimension);
      },
      prove: nothing,
    }),
  },
};

function demandStatement(path: string, fields: Fields, expected: string): void {
  const statement = text(`${path}.statement`, fields['statement']);
  demand(statement === expected, `${path}.statement`, JSON.stringify(expected), statement);
}

export function statedUpperBound(path: string, value: unknown, network: StatedNetwork): StatedUpperBound {
  const all = Object.values(methods).flatMap((method) => method.fields);
  const { method: name } = object(path, value, ['method', 'statement'], all);
  const suitable = Object.keys(methods).filter((known) => methods[known]!.appliesTo(network));
  const chosen = suitable.find((known) => known === name);
  if (chosen === undefined) {
    literal(`${path}.method`, name, suitable[0]!);
    throw new Error('unreachable');
  }
  const method = methods[chosen]!;
  const fields = object(path, value, ['method', 'statement', ...method.fields]);
  const statement = text(`${path}.statement`, fields['statement']);
  return { method: chosen, statement, ...method.read(path, fields, network) };
}
