import { parseArgs } from 'node:util'
import { startAgent } from './agent.ts'
import { ConfigError, loadAgentConfig } from './config.ts'
import { createLog } from './log.ts'

/** How long a stop may take before the process ends anyway. */
const stopTimeoutMs = 15_000

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } })
  if (values.config === undefined) throw new ConfigError('The configuration file is missing: main.ts --config FILE')
  const config = await loadAgentConfig(values.config)
  const log = createLog(config.logLevel)
  const agent = await startAgent(config, log)
  let stopping = false
  const stop = (signal: string): void => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'Host agent stops; its VMs go on')
    setTimeout(() => process.exit(1), stopTimeoutMs).unref()
    agent.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  await agent.ready
}

try {
  await run()
} catch (error) {
  const code = error instanceof ConfigError ? error.code : 'START'
  process.stderr.write(`virgate-host: ${code}: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
