/** `pumpbench schema`: the JSON Schema of what goes in or of what comes out, for editors and for programs. */
import { rigJsonSchema } from '#hil/calibration/rig-language'
import { resultJsonSchema } from '#hil/report/json'
import { manifestJsonSchema } from '#hil/report/manifest-schema'
import { matrixJsonSchema } from '#hil/report/matrix-schema'
import { traceJsonSchema } from '#hil/run/trace-schema'
import { scenarioJsonSchema } from '#hil/scenario/schema'
import { benchJsonSchema } from '#scripts/bench-file'
import { EXIT, type ExitStatus } from '#scripts/exit'

const SCHEMAS: ReadonlyMap<string, () => unknown> = new Map([
  ['scenario', scenarioJsonSchema],
  ['rig', rigJsonSchema],
  ['result', resultJsonSchema],
  ['matrix', matrixJsonSchema],
  ['trace', traceJsonSchema],
  ['manifest', manifestJsonSchema],
  ['bench', benchJsonSchema],
])

export function schema(what: string): ExitStatus {
  const made = SCHEMAS.get(what)
  if (made === undefined) {
    console.error(`there is no schema of ${JSON.stringify(what)}; choose one of: ${[...SCHEMAS.keys()].join(', ')}`)
    return EXIT.usage
  }
  console.log(JSON.stringify(made(), null, 2))
  return EXIT.pass
}
