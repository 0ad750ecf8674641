/**
 * `pumpbench serve`: our pump model at the end of the pump's wire, in virtual time, on standard input and output or a socket.
 *
 * What `--pump` reaches a pump of one's own by, reaches ours here; so bench, wire and a programmer's software can be tried
 * before there is any other pump. Only this machine is served.
 */
import { createServer, type Socket } from 'node:net'
import { figureTexts, MODELS, modelOf } from '#firmware-sim/models'
import { modelPump } from '#hil/pump/model'
import { PumpEnd, type PumpEndOptions } from '#hil/pump/wire/pump-end'
import { crc32, hex8Text } from '#protocol/crc32'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { commit, version } from '#scripts/version'

const LOOPBACK = '127.0.0.1'
const REFUSAL = 'the pump is in use: it serves one bench at a time\n'

export interface ServeOptions {
  readonly stdio?: boolean
  readonly tcp?: number
  readonly pumpModel?: string
}

export async function serveCommand({ stdio, tcp, pumpModel = 'im-20' }: ServeOptions): Promise<ExitStatus> {
  if ((stdio === true) === (tcp !== undefined)) {
    return refused('say where to serve the pump: --stdio or --tcp PORT, one of them')
  }
  const figures = MODELS.get(pumpModel)
  if (figures === undefined) {
    return refused(
      `--pump-model ${JSON.stringify(pumpModel)} is not known; this version has: ${[...MODELS.keys()].join(', ')}`,
    )
  }
  const build = hex8Text(crc32(Buffer.from(`${version} ${commit ?? ''}`)))
  const options = { pump: modelPump, model: modelOf(pumpModel, figureTexts(figures)), identity: pumpModel, build }
  return tcp === undefined ? await overPipes(options) : await overSocket(options, tcp)
}

function refused(problem: string): ExitStatus {
  console.error(problem)
  return EXIT.usage
}

async function overPipes(options: PumpEndOptions): Promise<ExitStatus> {
  const end = new PumpEnd(options)
  // A bench that is gone reads no more.
  process.stdout.on('error', () => process.exit(EXIT.pass))
  for await (const bytes of process.stdin) {
    const answer = end.receive(bytes)
    if (answer.length > 0) process.stdout.write(answer)
    if (end.isOver) break
  }
  process.stdin.destroy()
  return EXIT.pass
}

async function overSocket(options: PumpEndOptions, port: number): Promise<ExitStatus> {
  let client: Socket | undefined
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (client !== undefined) {
      socket.end(REFUSAL)
      socket.resume()
      return
    }
    client = socket
    socket.setNoDelay(true)
    const end = new PumpEnd(options)
    socket.on('data', (bytes: Buffer) => {
      const answer = end.receive(bytes)
      // A bench that asks and does not listen waits until it does.
      if (answer.length > 0 && !socket.write(answer)) socket.pause()
      if (end.isOver) socket.end()
    })
    socket.on('drain', () => socket.resume())
    socket.once('close', () => {
      client = undefined
    })
  })
  const failure = await new Promise<Error | null>((resolve) => {
    server.once('error', resolve)
    server.listen({ host: LOOPBACK, port }, () => resolve(null))
  })
  if (failure !== null) return refused(`--tcp ${port}: ${failure.message}`)
  const address = server.address()
  const served = typeof address === 'object' && address !== null ? address.port : port
  process.stdout.write(`the pump is served at tcp:${LOOPBACK}:${served}\nCtrl-C ends it\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
  })
  client?.destroy()
  await new Promise((resolve) => server.close(resolve))
  return EXIT.pass
}
