import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationStates } from './authorization-states.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Connections } from './connections.js';
import { Disconnect } from './disconnect.js';
import { EncryptionKeysModule } from './encryption-keys.module.js';
import { GoogleTokenEndpoint } from './google/google-token-endpoint.js';
import { ConnectionsController } from './http/connections.controller.js';
import { ConnectionEventEntity } from './persistence/connection-event.entity.js';
import { ConnectionEntity } from './persistence/connection.entity.js';
import { OAuthStateEntity } from './persistence/oauth-state.entity.js';
import { PostgresAuthorizationStates } from './persistence/postgres-authorization-states.js';
import { PostgresConnections } from './persistence/postgres-connections.js';
import { ReauthLinks } from './reauth-links.js';
import { RedeemAuthorization } from './redeem-authorization.js';
import { RefreshExpiringTokens } from './refresh-expiring-tokens.js';
import { RequireEncryptionKeys } from './require-encryption-keys.js';
import { StartAuthorization } from './start-authorization.js';
import { TokenEndpoint } from './token-endpoint.js';
import { TokenRefresh } from './token-refresh.js';
import { TokenStore } from './token-store.js';

export { ConnectionDto } from './http/connections.dto.js';

export const oauthEntities = [ConnectionEntity, ConnectionEventEntity, OAuthStateEntity];

@Module({
  imports: [TypeOrmModule.forFeature(oauthEntities), EncryptionKeysModule],
  controllers: [ConnectionsController],
  providers: [
    AccessTokens,
    ConnectedAccounts,
    Disconnect,
    ReauthLinks,
    RedeemAuthorization,
    RefreshExpiringTokens,
    RequireEncryptionKeys,
    StartAuthorization,
    TokenRefresh,
    TokenStore,
    { provide: Connections, useClass: PostgresConnections },
    { provide: AuthorizationStates, useClass: PostgresAuthorizationStates },
    { provide: TokenEndpoint, useClass: GoogleTokenEndpoint },
  ],
  exports: [
    AccessTokens,
    ConnectedAccounts,
    AuthorizationStates,
    Connections,
    ReauthLinks,
    RedeemAuthorization,
    RefreshExpiringTokens,
    TokenEndpoint,
    TokenRefresh,
    TokenStore,
  ],
})
export class OAuthModule {}
