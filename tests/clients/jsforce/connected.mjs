// Read a script's orders from standard input, and give a connection to the org that they name.
import { text } from 'node:stream/consumers';
import jsforce from '@jsforce/jsforce-node';

export async function connected() {
  const orders = JSON.parse(await text(process.stdin));
  const { instanceUrl, accessToken } = orders;
  const connection = new jsforce.Connection({ instanceUrl, accessToken, version: '67.0' });
  return { orders, connection };
}

export function print(findings) {
  process.stdout.write(JSON.stringify(findings));
}
