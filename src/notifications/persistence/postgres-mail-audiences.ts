import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { MailAudiences, type MailAudience } from '../mail-audiences.js';
import { MailAudienceEntity } from './mail-audience.entity.js';
import { RENEW_AUDIENCES } from './mail-statements.js';

@Injectable()
export class PostgresMailAudiences extends MailAudiences {
  constructor(@InjectRepository(MailAudienceEntity) private readonly rows: Repository<MailAudienceEntity>) {
    super();
  }

  async renew(audiences: readonly MailAudience[]): Promise<void> {
    await this.rows.query(RENEW_AUDIENCES, [[...audiences]]);
  }
}
