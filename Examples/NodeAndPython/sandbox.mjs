// Starts a sandbox for a test, and speaks to it. Node 18 or later, and no package.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const JSON_API = 'application/vnd.api+json'

/** Starts `cl-import sandbox` on any free port; `stop()` ends it. */
export async function startSandbox(...args) {
  const command = process.env.CL_IMPORT ?? 'cl-import'
  const child = spawn(command, ['sandbox', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = new Promise((_, reject) => {
    child.once('error', (error) => reject(new Error(`${command} does not start: ${error.message}`)))
    child.once('exit', (code) => reject(new Error(`${command} ended with status ${code}`)))
  })
  failed.catch(() => {})
  const environment = {}
  const ready = (async () => {
    // It prints four lines; connections are accepted before the first one.
    for await (const line of createInterface({ input: child.stdout })) {
      const [, name, value] = line.match(/^export (\w+)=(.*)$/) ?? []
      if (name) environment[name] = value
      if (name === 'CL_CLIENT_SECRET') return
    }
    throw new Error('the sandbox printed no credentials')
  })()
  await Promise.race([ready, failed])
  const base = `http://127.0.0.1:${environment.CL_BASE_PORT}`
  return { base, environment, client: await connect(base, environment), stop: () => child.kill('SIGTERM') }
}

/** What the service responds with an error: its status and the error objects of JSON:API. */
export class ServiceError extends Error {
  constructor(status, errors) {
    super(errors.map((error) => error.detail ?? error.title).join('; ') || `HTTP ${status}`)
    this.status = status
    this.errors = errors
  }
}

async function connect(base, environment) {
  const response = await fetch(base + '/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: environment.CL_CLIENT_ID,
      client_secret: environment.CL_CLIENT_SECRET,
    }),
  })
  if (!response.ok) throw new Error(`no token: HTTP ${response.status}`)
  const { access_token: token } = await response.json()
  return async (method, path, data) => {
    const response = await fetch(`${base}/api/${path}`, {
      method,
      headers: { Accept: JSON_API, 'Content-Type': JSON_API, Authorization: `Bearer ${token}` },
      body: data === undefined ? undefined : JSON.stringify({ data }),
    })
    const text = await response.text()
    const document = text ? JSON.parse(text) : {}
    if (!response.ok) throw new ServiceError(response.status, document.errors ?? [])
    return document
  }
}
