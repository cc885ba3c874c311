import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { certifyCommand, type CertifyCommandOptions } from './commands/certify.ts';
import { dimensionCommand, type DimensionOptions } from './commands/dimension.ts';
import { explainCommand, type ExplainCommandOptions } from './commands/explain.ts';
import { exportSystems } from '../export/index.ts';
import { exportCommand, type ExportCommandOptions } from './commands/export.ts';
import { fibreCommand, type FibreCommandOptions } from './commands/fibre.ts';
import { normalFormCommand, type NormalFormCommandOptions } from './commands/normal-form.ts';
import { rankCommand, type RankOptions } from './commands/rank.ts';
import { symmetriesCommand, type SymmetriesCommandOptions } from './commands/symmetries.ts';
import { verifyCommand, type VerifyCommandOptions } from './commands/verify.ts';
import { colorsOf, print, processConsole, type Console } from './console.ts';
import type { Context } from './context.ts';
import { explain, InputError } from './errors.ts';
import {
  certifyHelp,
  dimensionHelp,
  explainHelp,
  programHelp,
  exportHelp,
  fibreHelp,
  normalFormHelp,
  rankHelp,
  symmetriesHelp,
  verifyHelp,
} from './help.ts';
import { Interruptions } from './interruption.ts';

/** Runs one command line (without node and script) and returns its exit code. It never rejects. */
export async function run(args: readonly string[], console: Console = processConsole()): Promise<number> {
  const context = { console, interruptions: new Interruptions() };
  const debug = console.env['DIMCERT_DEBUG'] === '1';
  try {
    return await parse(args, context);
  } catch (thrown) {
    const { exitCode, text } = explain(thrown, debug);
    await print(console.stderr, `dimcert: ${text}\n`).catch(() => {});
    return exitCode;
  } finally {
    context.interruptions.release();
  }
}

async function parse(args: readonly string[], context: Context): Promise<number> {
  const { console } = context;
  if (args.length === 0)
    throw new InputError(
      'expected a command (dimension, certify, explain, symmetries, verify, export, fibre, normal-form or rank), got nothing; dimcert --help explains them',
    );
  let exitCode = 0;
  let printed = '';
  const program = commands(context, (code) => (exitCode = code));
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(console.stdout.columns || 80, 100),
      getOutHasColors: () => colorsOf(console.stdout, console.env).isColorSupported,
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // `help` of no command is the one error that commander has no words for.
    if (error.code === 'commander.help' && error.exitCode !== 0)
      throw new InputError(`unknown command '${args[1]}'`);
    if (error.exitCode !== 0) throw new InputError(error.message.replace(/^error: /, ''));
    await print(console.stdout, printed);
  }
  return exitCode;
}

function commands(context: Context, finish: (exitCode: number) => void): Command {
  const { bold } = colorsOf(context.console.stdout, context.console.env);
  const program = new Command('dimcert')
    .description(packageJson.description)
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ styleTitle: bold, styleCommandText: bold })
    .addHelpText('after', programHelp);
  modelFlags(program.command('dimension').argument('[network]', 'a JSON file, or - for stdin'))
    .summary('what theory knows, without computing')
    .description('Print what theory knows about the dimension of a network, without computing.')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', dimensionHelp)
    .action(async (network: string | undefined, options: DimensionOptions) =>
      finish(await dimensionCommand(network, options, context)),
    );
  modelFlags(program.command('certify').argument('[network]', 'a JSON file, or - for stdin'))
    .summary('compute the dimension, and write a certificate')
    .description('Compute the dimension of the function space of a network, and write a certificate of it.')
    .option('-o, --output <file>', 'write the certificate to a file (- for stdout)')
    .option('--prime <p>', 'compute modulo this odd prime (default: 4093, then a larger one)')
    .option('--seed <s>', 'draw the random point from this natural number (default: 0)')
    .option('--witness', 'add a witness, for dimcert verify --quick')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', certifyHelp)
    .action(async (network: string | undefined, options: CertifyCommandOptions) =>
      finish(await certifyCommand(network, options, context)),
    );
  program
    .command('explain')
    .argument('<result>', 'a certificate of a dimension, or - for stdin')
    .summary('why a result is exact or an interval, and what to try')
    .description('Say why a result is exact or an interval, and what would close it.')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', explainHelp)
    .action(async (result: string, options: ExplainCommandOptions) =>
      finish(await explainCommand(result, options, context)),
    );
  modelFlags(program.command('symmetries').argument('[network]', 'a JSON file, or - for stdin'))
    .summary('look for symmetries that nobody knows yet')
    .description('Look for the symmetries of a network: changes of its parameters that change no value.')
    .option('--seed <s>', 'draw all points from this natural number (default: 0)')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', symmetriesHelp)
    .action(async (network: string | undefined, options: SymmetriesCommandOptions) =>
      finish(await symmetriesCommand(network, options, context)),
    );
  program
    .command('verify')
    .argument('<certificate>', 'a JSON file, or - for stdin')
    .summary('check a certificate, trusting nothing in it')
    .description('Check a certificate, trusting nothing in it: everything is recomputed.')
    .option('--deterministic', 'prove the lower bound (the default)')
    .addOption(
      new Option('--quick', 'check the lower bound by its witness alone, which is no proof').conflicts(
        'deterministic',
      ),
    )
    .addOption(
      new Option('--cite', 'print a citation that says what was checked, in place of the report').conflicts(
        'json',
      ),
    )
    .option('--max-operations <n>', 'reject what would cost more (default: 68719476736)')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', verifyHelp)
    .action(async (certificate: string, options: VerifyCommandOptions) =>
      finish(await verifyCommand(certificate, options, context)),
    );
  program
    .command('export')
    .argument('<certificate>', 'a JSON file, or - for stdin')
    .summary('a script for another system, which confirms a certificate')
    .description('Write a script with which a computer algebra system, or Lean, confirms a certificate.')
    .addOption(new Option('--to <system>', 'the system').choices([...exportSystems]).makeOptionMandatory())
    .option('-o, --output <file>', 'write the script to a file (default: stdout)')
    .option('--json', 'print the script in one JSON object on stdout')
    .addHelpText('after', exportHelp)
    .action(async (certificate: string, options: ExportCommandOptions) =>
      finish(await exportCommand(certificate, options, context)),
    );
  program
    .command('fibre')
    .argument('<a>', 'weights: JSON, safetensors or .npy, or - for stdin')
    .argument('[b]', 'weights of the same network')
    .summary('whether two weight files define the same function; the fibre through one')
    .description(
      'Decide whether two weight files define the same function, exactly, and show why: transformations that lead from one to the other, or an input at which they differ. With one file: the fibre through its weights.',
    )
    .option('--network <file>', 'the network, if the files do not have it')
    .option(
      '--prime <p>',
      'take the weights modulo a prime (below 2^62, above the degree of the polynomials)',
    )
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', fibreHelp)
    .action(async (a: string, b: string | undefined, options: FibreCommandOptions) =>
      finish(await fibreCommand(a, b, options, context)),
    );
  program
    .command('normal-form')
    .argument('<weights>', 'weights: JSON, safetensors or .npy, or - for stdin')
    .summary('canonical weights of the same function')
    .description(
      'Compute canonical weights of the same function: equal functions have equal bytes on the generic stratum, and what is not generic is said.',
    )
    .option('--network <file>', 'the network, if the file does not have it')
    .option(
      '--prime <p>',
      'take the weights modulo a prime (below 2^62, above the degree of the polynomials)',
    )
    .option('--compress', 'write the free numbers only')
    .option('-o, --output <file>', 'write the weights to a file (default: stdout)')
    .addHelpText('after', normalFormHelp)
    .action(async (weights: string, options: NormalFormCommandOptions) =>
      finish(await normalFormCommand(weights, options, context)),
    );
  program
    .command('rank')
    .argument('<matrix>', 'a file, or - for stdin: .npy, MatrixMarket, SMS, or rows of integers')
    .summary('the rank of a matrix of integers, modulo a prime or over Q')
    .description(
      'Compute the rank of a matrix of integers, modulo a prime or over the rationals, exactly, and certify it.',
    )
    .option('--prime <p>', 'modulo a prime below 2^62 (this or --rationals is required)')
    .option('--rationals', 'over the rational numbers')
    .option('--threads <n>', 'compute in so many threads (default: 1; not with --certificate or --rationals)')
    .option('--certificate <file>', 'write a certificate of the rank to a file (- for stdout)')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', rankHelp)
    .action(async (matrix: string, options: RankOptions) =>
      finish(await rankCommand(matrix, options, context)),
    );
  return program;
}

function modelFlags(command: Command): Command {
  return stackFlags(command)
    .option('--config <file>', 'a model: the config.json of Hugging Face, or - for stdin')
    .option('--budget <n>', 'parameters of the scaled-down model, at most (default: 1000)');
}

function stackFlags(command: Command): Command {
  return command
    .option('--dims <d0,…,dl>', 'widths of the tokens, in place of a file: d0 enters, di leaves layer i')
    .option('--head-dims <a1,…,al>', 'head dimension of each layer')
    .option('--sequence-length <t>', 'number of tokens')
    .option('--value-dims <v1,…,vl>', 'value dimension of each layer (default: full value matrices)')
    .option('--normalization <name>', 'none (lightning attention) or softmax (default: none)')
    .option('--causal', 'token i sees only the tokens up to i');
}
