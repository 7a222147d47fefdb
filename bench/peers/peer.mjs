// One peer database behind a line protocol: a command a line on standard input, for each one line of JSON on standard output with the
// nanoseconds that the work took. The benchmark starts one such process and takes turns with it.
//
//   node peer.mjs duckdb|surrealdb
//   version | load ROWS | count | sum | read READS
//   duckdb also: groups | few_groups | join | ordered; surrealdb also: reload ROWS | reload_indexed ROWS
import { createInterface } from 'node:readline'

const text = (id) => `text of row number ${id} with some words behind it`
const number = (id) => Number((BigInt(id) * 2654435761n) % 1000003n)

async function openDuck() {
  const { DuckDBInstance, version } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const single = async (sql) => Number((await connection.runAndReadAll(sql)).getRows()[0][0])
  const grouped = (groups) =>
    `SELECT sum(g.c + g.s + g.m) FROM (SELECT number % ${groups} AS k, count(*) AS c, sum(number) AS s, max(number) AS m FROM item GROUP BY 1) AS g`
  return {
    version: async () => version(),
    load: async (rows) => {
      await connection.run('CREATE TABLE item (id BIGINT PRIMARY KEY, number BIGINT, text VARCHAR)')
      const appender = await connection.createAppender('item')
      for (let id = 0; id < rows; id++) {
        appender.appendBigInt(BigInt(id))
        appender.appendBigInt(BigInt(number(id)))
        appender.appendVarchar(text(id))
        appender.endRow()
      }
      appender.closeSync()
    },
    count: () => single('SELECT count(*) FROM item WHERE number < 500000 AND number > 1000'),
    sum: () => single('SELECT sum(number) FROM item WHERE number % 3 = 1'),
    groups: () => single(grouped(1000)),
    few_groups: () => single(grouped(4)),
    join: () => single('SELECT count(*) FROM item AS i JOIN item AS j ON i.number = j.number'),
    ordered: () => single('SELECT sum(t.number) FROM (SELECT number FROM item ORDER BY number LIMIT 10) AS t'),
    read: async (reads) => {
      const statement = await connection.prepare('SELECT number, text FROM item WHERE id = $1')
      for (let i = 0; i < reads; i++) {
        statement.bindBigInt(1, BigInt((i * 7919) % 100000))
        await statement.runAndReadAll()
      }
    },
  }
}

async function openSurreal() {
  const { Surreal, createRemoteEngines } = await import('surrealdb')
  const { createNodeEngines } = await import('@surrealdb/node')
  const db = new Surreal({ engines: { ...createRemoteEngines(), ...createNodeEngines() } })
  await db.connect('mem://')
  await db.use({ namespace: 'bench', database: 'bench' })
  const query = async (sql, bindings) => (await db.query(sql, bindings))[0]
  const load = async (rows) => {
    for (let first = 0; first < rows; first += 1000) {
      const items = []
      for (let id = first; id < Math.min(rows, first + 1000); id++) items.push({ id, number: number(id), text: text(id) })
      await query('INSERT INTO item $items RETURN NONE', { items })
    }
  }
  // Into a new table, whose definition is part of the work.
  const reload = async (rows, definitions) => {
    await query('REMOVE TABLE IF EXISTS item')
    await query(definitions)
    await load(rows)
  }
  const table = 'DEFINE TABLE item SCHEMAFULL; DEFINE FIELD number ON item TYPE int; DEFINE FIELD text ON item TYPE string'
  return {
    version: async () => (await db.version()).version,
    load,
    reload: (rows) => reload(rows, table),
    reload_indexed: (rows) => reload(rows, table + '; DEFINE INDEX by_number ON item FIELDS number'),
    count: async () => (await query('SELECT count() FROM item WHERE number < 500000 AND number > 1000 GROUP ALL'))[0].count,
    sum: async () => (await query('SELECT math::sum(number) AS s FROM item WHERE number % 3 = 1 GROUP ALL'))[0].s,
    read: async (reads) => {
      for (let i = 0; i < reads; i++) await query(`SELECT number, text FROM item:${(i * 7919) % 100000}`)
    },
  }
}

const peer = process.argv[2] === 'duckdb' ? await openDuck() : await openSurreal()
for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(' ')
  try {
    const start = process.hrtime.bigint()
    const answer = await peer[command](Number(argument))
    const ns = Number(process.hrtime.bigint() - start)
    console.log(JSON.stringify({ ns, answer: answer ?? null }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
process.exit(0)
