import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../services.ts'

/** The app that is left: one that counts, and knows who has signed in. */
const APP = `
require 'sinatra/base'
require 'json'

class App < Sinatra::Base
  set :server, 'webrick'
  set :bind, '127.0.0.1'
  set :port, ENV.fetch('PORT')
  set :environment, :production
  set :logging, false
  set :session_store, Rack::Session::Cookie if ENV['STORE'] == 'signed'
  set :session_secret, ENV.fetch('SESSION_SECRET')
  enable :sessions

  post '/login' do
    session[:user] = params[:user]
    session['cart'] = [{ 'title' => 'Crème brûlée', :count => 2, 'price' => 7.5 }]
    session[:cart_of] = session['cart']
    session[:big] = 2**40
    'in'
  end

  get('/') { session.to_hash.to_json }
end

App.run! { |server| server.config[:AccessLog] = []; puts 'ready'; $stdout.flush }
`

/** Sinatra, as Debian has it, until it is closed. */
export interface Sinatra {
  readonly port: number
  close(): Promise<void>
}

/** Starts the app; `signed` has it sign its cookies as Sinatra 2 did, instead of encrypting them. */
export async function sinatra(secret: string, store: 'encrypted' | 'signed'): Promise<Sinatra> {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), SESSION_SECRET: secret, STORE: store, LANG: 'C.UTF-8' }
  const ruby = spawn('ruby', ['-e', APP], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = await ready(ruby)
  if (said !== '') throw new Error(`sinatra did not start: ${said}`)
  return {
    port,
    async close() {
      ruby.kill()
      await once(ruby, 'exit')
    },
  }
}

/** Waits until it listens; what it said instead, if it ended. */
async function ready(ruby: ChildProcess): Promise<string> {
  let errors = ''
  ruby.stderr?.on('data', (text) => {
    errors += text
  })
  return new Promise((resolve) => {
    ruby.stdout?.once('data', () => resolve(''))
    ruby.once('exit', () => resolve(errors || 'it ended'))
  })
}
