import { exported, type ExportSystem } from '../../export/export.ts';
import { print } from '../console.ts';
import { printJson, remark, type Context } from '../context.ts';
import { InputError, inWordsOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { ProgressLine } from '../progress.ts';
import { inputName, readInput } from '../read-input.ts';
import { demandOtherFile, openOutputFile } from '../write-atomically.ts';

export interface ExportCommandOptions {
  readonly to: ExportSystem;
  readonly output?: string;
  readonly json?: boolean;
}

/** `dimcert export`: a script with which another system confirms a certificate. */
export async function exportCommand(
  source: string,
  { to, output, json }: ExportCommandOptions,
  context: Context,
): Promise<number> {
  const name = inputName(source);
  if (json && output === '-')
    throw new InputError('--json: expected -o FILE, got -o - (both would write to stdout)');
  if (output !== undefined) demandOtherFile(output, source, '-o');
  const file = output === undefined || output === '-' ? undefined : openOutputFile(output);
  const text = await readInput(source, context.interruptions);
  const signal = context.interruptions.listen();
  const progress = new ProgressLine(context.console.stderr);
  let result: Awaited<ReturnType<typeof exported>>;
  try {
    result = await inWordsOf(
      { certificate: `${name}: `, prime: `${name}: prime`, memory: `${name}: memory` },
      () => exported(text, to, { signal, onProgress: progress.report }),
    );
  } finally {
    progress.clear();
  }
  signal.throwIfAborted();
  if ('fault' in result) {
    const { path, expected, got } = result.fault;
    await remark(
      context,
      `${name}: rejected: ${path.replace(/^certificate\./, '')}: expected ${expected}, got ${got}`,
    );
    return exitCodes.rejected;
  }
  const { script } = result;
  file?.write(script);
  if (json) await printJson(context, file ? { system: to, file: file.path } : { system: to, script });
  else if (file === undefined) await print(context.console.stdout, script);
  return exitCodes.done;
}
