// engine.js ENGINE SQL - runs one statement in an engine that comes as a library for Node.
//
// ENGINE is duckdb or clickhouse, found in $TWIN_BENCH_PEERS/node_modules. What the statement returns (ClickHouse) goes
// to standard output. The seconds that the statement took, without the start of Node and the loading of the library, go
// to the file $TWIN_BENCH_INSIDE when that is set. The word `version` in place of SQL prints the engine's version.
'use strict';

const fs = require('fs');
const {createRequire} = require('module');
const load = createRequire(process.env.TWIN_BENCH_PEERS + '/engine.js');

async function startDuckdb() {
	const {DuckDBInstance} = load('@duckdb/node-api');
	const connection = await (await DuckDBInstance.create(':memory:')).connect();
	return {
		version: async () => (await connection.runAndReadAll('SELECT version()')).getRows()[0][0],
		run: async (sql) => {
			await connection.run(sql);
			return '';
		},
	};
}

async function startClickhouse() {
	const {query} = load('chdb');
	return {
		version: async () => query('SELECT version()', 'TSV').trim(),
		run: async (sql) => query(sql, 'TSV'),
	};
}

function writeAll(text) {
	const bytes = Buffer.from(text);
	for (let done = 0; done < bytes.length;)
		done += fs.writeSync(1, bytes, done);
}

async function main([engine, sql]) {
	const started = await {duckdb: startDuckdb, clickhouse: startClickhouse}[engine]();
	if (sql === 'version')
		return console.log(await started.version());
	const begin = process.hrtime.bigint();
	const answer = await started.run(sql);
	const seconds = Number(process.hrtime.bigint() - begin) * 1e-9;
	writeAll(answer);
	if (process.env.TWIN_BENCH_INSIDE)
		fs.appendFileSync(process.env.TWIN_BENCH_INSIDE, seconds.toFixed(6) + '\n');
}

main(process.argv.slice(2)).then(
	() => process.exit(0),
	(error) => {
		console.error(`engine.js: ${error.message}`);
		process.exit(2);
	});
