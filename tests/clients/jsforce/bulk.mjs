// Upsert rows by Bulk API 2.0, then read them back by a Bulk API 2.0 query.
import { connected, print } from './connected.mjs';

const { orders, connection } = await connected();
connection.bulk2.pollInterval = 100;
const loaded = await connection.bulk2.loadAndWaitForResults({
  object: 'Account',
  operation: 'upsert',
  externalIdFieldName: 'Clinic_Id__c',
  input: orders.rows,
  pollInterval: 100,
  pollTimeout: 60000,
});
const queried = await (await connection.bulk2.query(orders.soql)).toArray();
print({ loaded, queried });
