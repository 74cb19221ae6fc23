import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { app } from './app.ts'
import { storeFor } from './store.ts'

const client = process.env.SCALE_CLIENT === 'node-redis' ? 'node-redis' : 'ioredis'
const server = createServer(getRequestListener(app(await storeFor(client)))).listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
