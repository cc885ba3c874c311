import { closedFormStatement, closedFormTerms, plainStack, type ClosedFormTerms } from './bound.ts';
import { demand } from './fault.ts';
import { integer, literal, object, text, type Fields } from './fields.ts';
import type { StatedNetwork } from './network-shape.ts';

export interface StatedUpperBound {
  readonly method: string;
  readonly statement: string;
  /** Demands that what is stated is what is recomputed for a network with so many parameters, and returns the bound. */
  check(parameters: number): number;
}

/** A method that proves upper bounds for some networks. */
interface Method {
  /** Its fields beside `method` and `statement`. */
  readonly fields: readonly string[];
  readonly statement: string;
  appliesTo(network: StatedNetwork): boolean;
  /** Reads its fields, and returns the check of `StatedUpperBound`. */
  read(path: string, fields: Fields, network: StatedNetwork): (parameters: number) => number;
}

const termNames = ['scores', 'flag', 'output', 'scales'] as const;

/** By name, as in docs/certificate.md, "Upper bound". For each network one method is the right one: the first that applies. */
const methods: Readonly<Record<string, Method>> = {
  'closed-form': {
    fields: ['terms'],
    statement: closedFormStatement,
    appliesTo: (network) => plainStack(network) !== null,
    read(path, fields, network) {
      const stated = object(`${path}.terms`, fields['terms'], termNames);
      for (const name of termNames) integer(`${path}.terms.${name}`, stated[name], 0);
      return () => {
        const layers = plainStack(network)!;
        const terms: ClosedFormTerms = closedFormTerms(network.inputDim, network.tokens, layers);
        for (const name of termNames)
          demand(stated[name] === terms[name], `${path}.terms.${name}`, String(terms[name]), stated[name]);
        return terms.scores + terms.flag + terms.output - terms.scales;
      };
    },
  },
  ambient: {
    fields: [],
    statement: 'the number of parameters',
    appliesTo: () => true,
    read: () => (parameters) => parameters,
  },
};

export function statedUpperBound(path: string, value: unknown, network: StatedNetwork): StatedUpperBound {
  const all = Object.values(methods).flatMap(({ fields }) => fields);
  const { method: name } = object(path, value, ['method', 'statement'], all);
  const suitable = Object.keys(methods).find((known) => methods[known]!.appliesTo(network))!;
  literal(`${path}.method`, name, suitable);
  const method = methods[suitable]!;
  const fields = object(path, value, ['method', 'statement', ...method.fields]);
  const statement = text(`${path}.statement`, fields['statement']);
  const check = method.read(path, fields, network);
  return {
    method: suitable,
    statement,
    check(parameters) {
      demand(
        statement === method.statement,
        `${path}.statement`,
        JSON.stringify(method.statement),
        statement,
      );
      return check(parameters);
    },
  };
}
