// Deploy a package by the SOAP metadata service and wait for its end.
import { readFile } from 'node:fs/promises';
import { connected, print } from './connected.mjs';

const { orders, connection } = await connected();
connection.metadata.pollInterval = 200;
connection.metadata.pollTimeout = 60000;
const options = { singlePackage: true, rollbackOnError: true };
const results = [];
for (const file of orders.files) {
  const deploy = connection.metadata.deploy(await readFile(file), options);
  results.push(await deploy.complete(true));
}
print({ results });
