// Log in by password, renew the session by a refresh token, and log out.
import jsforce from '@jsforce/jsforce-node';
import { connected, print } from './connected.mjs';

const { orders } = await connected();
const { instanceUrl, app } = orders;
const oauth2 = { loginUrl: instanceUrl, clientId: app.client_id, clientSecret: app.client_secret };
const version = '67.0';

const byPassword = new jsforce.Connection({ oauth2, version });
const user = await byPassword.loginByOAuth2(app.username, app.password);

const renewed = await byPassword.oauth2.refreshToken(app.refresh_token);

// A connection whose session is dead renews it and asks again.
const expired = new jsforce.Connection({
  oauth2,
  version,
  instanceUrl,
  accessToken: 'dead',
  refreshToken: app.refresh_token,
});
const asked = await expired.query('SELECT Id FROM Profile');

const token = byPassword.accessToken;
await byPassword.logout();
print({ user, token, renewed, total: asked.totalSize, fresh: expired.accessToken });
