import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { MailAudiences, type MailAudience } from '../mail-audiences.js';
import { MailAudienceEntity } from './mail-audience.entity.js';
import { ADD_AUDIENCES, KEEP_AUDIENCES } from './mail-statements.js';

@Injectable()
export class PostgresMailAudiences extends MailAudiences {
  constructor(@InjectRepository(MailAudienceEntity) private readonly rows: Repository<MailAudienceEntity>) {
    super();
  }

  async set(audiences: readonly MailAudience[]): Promise<void> {
    await this.rows.query(KEEP_AUDIENCES, [[...audiences]]);
    await this.rows.query(ADD_AUDIENCES, [[...audiences]]);
  }
}
