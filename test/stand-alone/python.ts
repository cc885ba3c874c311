import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Python 3.9 or later, if there is one. */
export const python = ['python3', '/usr/bin/python3', 'python'].find(
  (command) =>
    spawnSync(command, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { stdio: 'ignore' })
      .status === 0,
);

/** An exit code, and what remains open or why it is not accepted. */
export interface PythonVerdict {
  readonly code: 0 | 1 | 2;
  readonly words: string;
}

/** Runs verify.py as a module, once for all texts: a line of JSON for each on stdin, a verdict for each on stdout. */
const program = `
import json, sys
sys.path.insert(0, ${JSON.stringify(resolve('verify'))})
sys.dont_write_bytecode = True
import verify
for line in sys.stdin:
    text, quick = json.loads(line)
    try:
        title, report = verify.verify(text, quick)
        verdict = {"code": 0, "words": title + "".join("; open: " + words for words in report["open"])}
    except verify.Reject as fault:
        verdict = {"code": 1, "words": str(fault)}
    except ValueError as fault:
        verdict = {"code": 2, "words": str(fault)}
    print(json.dumps(verdict))
`;

export function verifyInPython(texts: readonly (readonly [text: string, quick: boolean])[]): PythonVerdict[] {
  const input = texts.map((each) => `${JSON.stringify(each)}\n`).join('');
  const output = execFileSync(python!, ['-c', program], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PythonVerdict);
}
