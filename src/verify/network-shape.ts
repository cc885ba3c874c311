import { integer, literal, object } from './fields.ts';
import { LayerReader, type StatedLayer, type Tokens } from './layer-shapes.ts';

export interface StatedNetwork extends Tokens {
  readonly context: Tokens | null;
  readonly layers: readonly StatedLayer[];
  readonly outputDim: number;
}

/** The network that a parsed JSON value states, in the minimal form of docs/networks.md. */
export function statedNetwork(path: string, value: unknown): StatedNetwork {
  const required = ['format', 'version', 'inputDim', 'sequenceLength', 'layers'];
  const fields = object(path, value, required, ['context']);
  literal(`${path}.format`, fields['format'], 'dimcert-network');
  literal(`${path}.version`, fields['version'], 1);
  const input = tokensOf(path, fields);
  const context =
    fields['context'] === undefined
      ? null
      : tokensOf(
          `${path}.context`,
          object(`${path}.context`, fields['context'], ['inputDim', 'sequenceLength']),
        );
  const reader = new LayerReader(input.tokens, context);
  const read = reader.layers(`${path}.layers`, fields['layers'], 1, input.inputDim);
  return { ...input, context, ...read };
}

function tokensOf(path: string, fields: Readonly<Record<string, unknown>>): Tokens {
  return {
    inputDim: integer(`${path}.inputDim`, fields['inputDim'], 1),
    tokens: integer(`${path}.sequenceLength`, fields['sequenceLength'], 1),
  };
}
