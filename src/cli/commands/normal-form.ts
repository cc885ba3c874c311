import { compress, normalForm } from '../../identifiability/index.ts';
import { serializeWeights } from '../../weights/index.ts';
import { print } from '../console.ts';
import { remark, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { inputName } from '../read-input.ts';
import { networkFile, weightsFile } from '../weights-input.ts';
import { demandOtherFile, openOutputFile } from '../write-atomically.ts';

export interface NormalFormCommandOptions {
  readonly network?: string;
  readonly prime?: string;
  readonly compress?: boolean;
  readonly output?: string;
}

/** `dimcert normal-form`: canonical weights of the same function, or their free numbers. */
export async function normalFormCommand(
  source: string,
  { network: networkSource, prime, compress: isCompressed, output }: NormalFormCommandOptions,
  context: Context,
): Promise<number> {
  const name = inputName(source);
  if (source === '-' && networkSource === '-') throw new InputError('-: expected stdin once, got it twice');
  if (output !== undefined) demandOtherFile(output, source, '-o');
  const file = output === undefined || output === '-' ? undefined : openOutputFile(output);
  const network = networkSource === undefined ? undefined : await networkFile(networkSource, context);
  const weights = await weightsFile(source, network, prime, context);
  const signal = context.interruptions.listen();
  const { text, exceptions, unresolved } = await inWordsOf(
    { normalForm: name, compress: name, network: `${name}: network`, prime: `${name}: prime` },
    () => {
      const { weights: found, exceptions, unresolved } = normalForm(weights);
      const text = isCompressed ? `${JSON.stringify(compress(found))}\n` : serializeWeights(found);
      return { text, exceptions, unresolved };
    },
  );
  signal.throwIfAborted();
  if (file) file.write(text);
  else await print(context.console.stdout, text);
  for (const words of unresolved) await remark(context, `${name}: not canonical: ${words}`);
  for (const words of exceptions) await remark(context, `${name}: not generic: ${words}`);
  return exitCodes.done;
}
