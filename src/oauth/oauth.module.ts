import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AcceptOAuthClient } from './accept-oauth-client.js';
import { AccessTokens } from './access-tokens.js';
import { AlertEpisodes } from './alert-episodes.js';
import { AuthorizationStates } from './authorization-states.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Connections } from './connections.js';
import { Disconnect } from './disconnect.js';
import { EncryptionKeysModule } from './encryption-keys.module.js';
import { ForcedTokenRefresh } from './forced-token-refresh.js';
import { GoogleTokenEndpoint } from './google/google-token-endpoint.js';
import { ConnectionsController } from './http/connections.controller.js';
import { ReauthorizeController } from './http/reauthorize.controller.js';
import { RecoverOAuthClientJob } from './jobs/recover-oauth-client.job.js';
import { OAuthClients } from './oauth-clients.js';
import { OpenReauthLink } from './open-reauth-link.js';
import { OperatorAlerts } from './operator-alerts.js';
import { ConnectionEventEntity } from './persistence/connection-event.entity.js';
import { ConnectionEntity } from './persistence/connection.entity.js';
import { OAuthClientEntity } from './persistence/oauth-client.entity.js';
import { OAuthStateEntity } from './persistence/oauth-state.entity.js';
import { OperatorAlertEntity } from './persistence/operator-alert.entity.js';
import { PostgresAlertEpisodes } from './persistence/postgres-alert-episodes.js';
import { PostgresAuthorizationStates } from './persistence/postgres-authorization-states.js';
import { PostgresConnections } from './persistence/postgres-connections.js';
import { PostgresOAuthClients } from './persistence/postgres-oauth-clients.js';
import { ProbeOAuthClient } from './probe-oauth-client.js';
import { ReauthLinks } from './reauth-links.js';
import { RecoverOAuthClient } from './recover-oauth-client.js';
import { RecoverRefused } from './recover-refused.js';
import { RecoverUnauthorized } from './recover-unauthorized.js';
import { RedeemAuthorization } from './redeem-authorization.js';
import { RefreshAtPace } from './refresh-at-pace.js';
import { RefreshDueToken } from './refresh-due-token.js';
import { RefreshGrant } from './refresh-grant.js';
import { RequireEncryptionKeys } from './require-encryption-keys.js';
import { StartAuthorization } from './start-authorization.js';
import { SweepTokens } from './sweep-tokens.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenStore } from './token-store.js';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';

export { ConnectionDto } from './http/connections.dto.js';
export { sealedPlace } from './persistence/sealed-place.js';

export const oauthEntities = [
  ConnectionEntity,
  ConnectionEventEntity,
  OAuthClientEntity,
  OAuthStateEntity,
  OperatorAlertEntity,
];

@Module({
  imports: [TypeOrmModule.forFeature(oauthEntities), EncryptionKeysModule, WorkspacesModule],
  controllers: [ConnectionsController, ReauthorizeController],
  providers: [
    AcceptOAuthClient,
    AccessTokens,
    ConnectedAccounts,
    Disconnect,
    ForcedTokenRefresh,
    OpenReauthLink,
    OperatorAlerts,
    ProbeOAuthClient,
    ReauthLinks,
    RecoverOAuthClient,
    RecoverOAuthClientJob,
    RecoverRefused,
    RecoverUnauthorized,
    RedeemAuthorization,
    RefreshAtPace,
    RefreshDueToken,
    RefreshGrant,
    RequireEncryptionKeys,
    StartAuthorization,
    SweepTokens,
    TokenRefresh,
    TokenStore,
    { provide: AlertEpisodes, useClass: PostgresAlertEpisodes },
    { provide: OAuthClients, useClass: PostgresOAuthClients },
    { provide: Connections, useClass: PostgresConnections },
    { provide: AuthorizationStates, useClass: PostgresAuthorizationStates },
    { provide: TokenEndpoint, useClass: GoogleTokenEndpoint },
  ],
  exports: [
    AccessTokens,
    ConnectedAccounts,
    AuthorizationStates,
    Connections,
    ForcedTokenRefresh,
    OperatorAlerts,
    ReauthLinks,
    RecoverOAuthClient,
    RedeemAuthorization,
    SweepTokens,
    TokenEndpoint,
    TokenRefresh,
    TokenStore,
  ],
})
export class OAuthModule {}
