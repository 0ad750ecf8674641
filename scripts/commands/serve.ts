/**
 * `pumpbench serve`: our pump model at the end of the pump's wire, on standard input and output, a socket or a pseudo-terminal.
 *
 * What `--pump` reaches a pump of one's own by, reaches ours here, in virtual time; so bench, wire and a programmer's software
 * can be tried before there is any other pump. In real time it runs by the clock of this machine, as a pump on a table does. Only this machine
 * is served.
 */
import { figureTexts, MODELS, modelOf } from '#firmware-sim/models'
import { ServedFreePump, type ServedFreePumpOptions } from '#hil/pump/free-running/served-free-pump'
import { modelPump } from '#hil/pump/model'
import { PumpEnd } from '#hil/pump/wire/pump-end'
import type { Served } from '#hil/pump/wire/served'
import { ServedPump } from '#hil/pump/wire/served-pump'
import { crc32, hex8Text } from '#protocol/crc32'
import { BackDoor } from '#scripts/back-door'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { PumpServer } from '#scripts/pump-server'
import { PumpTimer } from '#scripts/pump-timer'
import { interrupted, LOOPBACK, listening, OptionProblem, onSocket, onTerminal } from '#scripts/serving'
import { commit, version } from '#scripts/version'

export interface ServeOptions {
  readonly stdio?: boolean
  readonly tcp?: number
  /** A name for the terminal, or true for one in a folder for passing files. */
  readonly pty?: string | true
  readonly realTime?: boolean
  readonly backDoor?: number
  readonly pumpModel?: string
}

export async function serveCommand(options: ServeOptions): Promise<ExitStatus> {
  try {
    await serve(options)
    return EXIT.pass
  } catch (error) {
    if (!(error instanceof OptionProblem)) throw error
    console.error(error.message)
    return EXIT.usage
  }
}

async function serve(options: ServeOptions): Promise<void> {
  const { stdio, tcp, pty, realTime = false, backDoor, pumpModel = 'im-20' } = options
  if ([stdio === true, tcp !== undefined, pty !== undefined].filter(Boolean).length !== 1)
    throw new OptionProblem('say where to serve the pump: --stdio, --tcp PORT or --pty, one of them')
  if (backDoor !== undefined && !realTime)
    throw new OptionProblem(
      '--back-door is for --real-time; in virtual time faults come by the wire, as the bench sends them',
    )
  const figures = MODELS.get(pumpModel)
  if (figures === undefined) {
    const known = [...MODELS.keys()].join(', ')
    throw new OptionProblem(`--pump-model ${JSON.stringify(pumpModel)} is not known; this version has: ${known}`)
  }
  const model = modelOf(pumpModel, figureTexts(figures))
  const build = hex8Text(crc32(Buffer.from(`${version} ${commit ?? ''}`)))
  const endOf = (served: () => Served) => new PumpEnd({ serve: served, identity: pumpModel, build })
  if (realTime) await inRealTime(options, { pump: modelPump, model }, endOf)
  else await over(options, { endFor: () => endOf(() => new ServedPump(modelPump, model)), say: console.log })
}

/** What clients find, and how people are told. */
interface Way {
  readonly endFor: () => PumpEnd
  readonly onHeard?: () => void
  readonly say: (line: string) => void
}

/** One pump, whoever comes and goes, with its timer and its back door. */
async function inRealTime(
  options: ServeOptions,
  { pump, model }: Pick<ServedFreePumpOptions, 'pump' | 'model'>,
  endOf: (served: () => Served) => PumpEnd,
): Promise<void> {
  // Standard output is the wire where it is asked for.
  const say = options.stdio === true ? console.error : console.log
  let served: ServedFreePump | undefined
  const end = endOf(() => {
    served?.switchOff()
    served = new ServedFreePump({ pump, model, clock: () => performance.now() * 1000, onStood: say })
    return served
  })
  const timer = new PumpTimer(() => served)
  const door = new BackDoor((line) => {
    const answer = served?.befall(line) ?? 'refused: there is no pump'
    timer.turn()
    return answer
  })
  try {
    if (options.backDoor !== undefined) {
      const port = await listening(door, { host: LOOPBACK, port: options.backDoor })
      say(`the back door is at tcp:${LOOPBACK}:${port}`)
    }
    timer.turn()
    await over(options, { endFor: () => end, onHeard: timer.turn, say })
  } finally {
    timer.close()
    await door.close()
  }
}

async function over({ stdio, tcp, pty }: ServeOptions, { say, ...way }: Way): Promise<void> {
  if (stdio === true) {
    await overPipes(way)
    return
  }
  const server = new PumpServer(way)
  const announce = (where: string) => say(`the pump is served at ${where}\nCtrl-C ends it`)
  const serving = { announce, ending: interrupted() }
  try {
    if (pty === undefined) await onSocket(server, { port: tcp ?? 0 }, serving)
    else await onTerminal(server, pty, serving)
  } finally {
    await server.close()
  }
}

async function overPipes({ endFor, onHeard }: Omit<Way, 'say'>): Promise<void> {
  const end = endFor()
  // A bench that is gone reads no more.
  process.stdout.on('error', () => process.exit(EXIT.pass))
  for await (const bytes of process.stdin) {
    const answer = end.receive(bytes)
    if (answer.length > 0) process.stdout.write(answer)
    if (end.isOver) break
    onHeard?.()
  }
  process.stdin.destroy()
}
