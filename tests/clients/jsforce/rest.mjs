// Single records, collections, composite, query pages, describe, limits and identity over REST.
import { connected, print } from './connected.mjs';

const { orders, connection } = await connected();
const accounts = connection.sobject('Account');
const { prefix } = orders;

const identity = await connection.identity();
const one = await accounts.create({ Name: `${prefix} one` });
await accounts.update({ Id: one.id, Name: `${prefix} changed` });
const retrieved = await accounts.retrieve(one.id);
const upserted = await accounts.upsert(
  { Clinic_Id__c: `${prefix}:1`, Name: `${prefix} keyed` },
  'Clinic_Id__c',
);
const gone = await accounts.create({ Name: `${prefix} gone` });
const destroyed = await accounts.destroy(gone.id);

// More than the 200 of one request, and one that has to fail.
const many = Array.from({ length: 450 }, (_, n) => ({ Name: `${prefix} many ${n}` }));
many[300].Name = '';
const created = await accounts.create(many, { allowRecursive: true });

const composite = await connection.requestPost(`${connection._baseUrl()}/composite`, {
  allOrNone: true,
  compositeRequest: [
    {
      method: 'POST',
      url: '/services/data/v67.0/sobjects/Account',
      referenceId: 'parent',
      body: { Name: `${prefix} parent` },
    },
    {
      method: 'POST',
      url: '/services/data/v67.0/sobjects/Contact',
      referenceId: 'child',
      body: { LastName: `${prefix} child`, AccountId: '@{parent.id}' },
    },
  ],
});

// Small pages, so that jsforce has to follow the addresses of the next ones.
const queried = await connection.query(
  `SELECT Id, Name FROM Account WHERE Name LIKE '${prefix} many%'`,
  { autoFetch: true, maxFetch: 10000, headers: { 'Sforce-Query-Options': 'batchSize=200' } },
);
const described = await accounts.describe();
const everything = await connection.describeGlobal();
const limits = await connection.limits();

print({
  identity,
  one,
  retrieved,
  upserted,
  destroyed,
  created,
  composite,
  queried: queried.records.map((record) => record.Id),
  fields: described.fields.map((field) => field.name),
  objects: everything.sobjects.map((sobject) => sobject.name),
  limits,
  usage: connection.limitInfo.apiUsage,
});
