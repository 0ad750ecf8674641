/**
 * What crossed the wire between host and rig, as a table: how much, how fast, and what went wrong on the way.
 */
import { html, type Markup } from '#hil/report/escape'
import { body, figureCell, figures, nameCell, row, scrollTable, textCell, words } from '#hil/report/html-table'
import { TICK_us } from '#hil/rig/rig'
import type { WireStatistics } from '#protocol/wire-tally'
import { decimal } from '#units/format'

export function wireTable(wire: WireStatistics): Markup {
  const line = (name: string, figure: string, meaning: string) =>
    row(nameCell(name), figureCell(figure), textCell(meaning))
  const mean = wire.round_trips === 0 ? 0 : wire.round_trip_total_ticks / wire.round_trips
  const trip = (ticks: number) => `${decimal(ticks)} ticks (${decimal((ticks * TICK_us) / 1000, 4)} ms)`
  const trips = [
    line('round trip, shortest', trip(wire.round_trip_least_ticks), `of ${wire.round_trips} answered commands`),
    line('round trip, mean', trip(mean), 'from the first time a command was sent to its answer'),
    line('round trip, longest', trip(wire.round_trip_most_ticks), 'a tick is 64 us'),
  ]
  const rows = [
    line('to the rig', `${wire.sent_frames} frames, ${wire.sent_bytes} bytes`, 'commands, heartbeats and set-up'),
    line(
      'to the host',
      `${wire.received_frames} frames, ${wire.received_bytes} bytes`,
      `and ${wire.log_lines} log lines`,
    ),
    line('retries', String(wire.retries), 'commands sent again for want of an answer'),
    line('refusals', String(wire.refusals), 'commands answered by NAK'),
    ...(wire.round_trips === 0 ? [] : trips),
    line('telemetry', `${wire.telemetry} frames`, `${wire.telemetry_missed} missed; the counters are cumulative`),
    line('undecodable lines', String(wire.flawed), 'heard by the host'),
    line('discarded bytes', `${wire.discarded_bytes} and ${wire.rig_discarded_bytes}`, 'by the host, and by the rig'),
    line('overruns', String(wire.rig_overruns), 'bytes the receiver of the rig came too late for'),
    line('segments held', `at most ${wire.queue_most}`, 'by the rig at once, as far as it said'),
  ]
  const heads = [words('wire'), figures('figure'), words('what it is')]
  return html`<h3>The wire between host and rig</h3>
${scrollTable('Wire statistics', heads, [body(rows)])}`
}
