"""Every table of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LIVE = sa.text("state IN ('open', 'approved', 'released')")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "candidates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_exclusions", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_candidates_link_digest")),
    )
    op.create_table(
        "class_counts",
        sa.Column("class_key", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("profiles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("class_key", "origin", name=op.f("pk_class_counts")),
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotent_answers")),
    )
    op.create_index(
        op.f("ix_idempotent_answers_answered_at"),
        "idempotent_answers",
        ["answered_at"],
        unique=False,
    )
    op.create_table(
        "ledger_checkpoints",
        sa.Column(
            "size",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoints")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_entries")),
    )
    op.create_table(
        "ledger_queue",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("orgs", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("signed", sa.LargeBinary(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_queue")),
        sa.UniqueConstraint("attestation_id", name=op.f("uq_ledger_queue_attestation_id")),
    )
    op.create_table(
        "ledger_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "tile_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile_index", "width", name=op.f("pk_ledger_tiles")),
    )
    op.create_table(
        "notices",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("ja", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_notices")),
    )
    op.create_table(
        "organizations",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("corporate_number", sa.Text(), nullable=False),
        sa.Column("group_number", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("admission_id", sa.Text(), nullable=False),
        sa.Column("admitted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organizations")),
        sa.UniqueConstraint("corporate_number", name=op.f("uq_organizations_corporate_number")),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_passkey_challenges")),
    )
    op.create_table(
        "rules",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rules")),
    )
    op.create_table(
        "scheme",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("web_origin", sa.Text(), nullable=False),
        sa.Column("rp_id", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("ledger_vkey", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_scheme")),
    )
    op.create_table(
        "settlement_runs",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("statements_root", sa.LargeBinary(), nullable=False),
        sa.Column("netting", sa.LargeBinary(), nullable=False),
        sa.Column("closing_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attestation_id", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("period", "kind", name=op.f("pk_settlement_runs")),
    )
    op.create_table(
        "skill_counts",
        sa.Column("skill_key", sa.LargeBinary(), nullable=False),
        sa.Column("profiles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("skill_key", name=op.f("pk_skill_counts")),
    )
    op.create_table(
        "statements",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "period", name=op.f("pk_statements")),
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index(op.f("ix_transfers_period"), "transfers", ["period"], unique=False)
    op.create_table(
        "used_tokens",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slug", "jti", name=op.f("pk_used_tokens")),
    )
    op.create_index(op.f("ix_used_tokens_expires_at"), "used_tokens", ["expires_at"], unique=False)
    op.create_table(
        "attestations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("orgs", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("candidate_id", sa.Text(), nullable=True),
        sa.Column("reveal", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_attestations_candidate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
        sa.UniqueConstraint("seq", name=op.f("uq_attestations_seq")),
    )
    op.create_index(
        op.f("ix_attestations_candidate_id"), "attestations", ["candidate_id"], unique=False
    )
    op.create_table(
        "audits",
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("audited_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["organizations.slug"], name=op.f("fk_audits_slug")),
        sa.PrimaryKeyConstraint("attestation_id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_slug"), "audits", ["slug"], unique=False)
    op.create_table(
        "looks",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["organizations.slug"], name=op.f("fk_looks_agency")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_looks_candidate_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_looks")),
        sa.UniqueConstraint("candidate_id", "agency", "day", name=op.f("uq_looks_candidate_id")),
    )
    op.create_table(
        "organization_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["slug"], ["organizations.slug"], name=op.f("fk_organization_keys_slug")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_organization_keys")),
    )
    op.create_index(op.f("ix_organization_keys_slug"), "organization_keys", ["slug"], unique=False)
    op.create_table(
        "packs",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["organizations.slug"], name=op.f("fk_packs_slug")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_packs")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enrol_digest", sa.LargeBinary(), nullable=True),
        sa.Column("enrol_until", sa.BigInteger(), nullable=True),
        sa.Column("credential", sa.Text(), nullable=True),
        sa.Column("jwk", sa.Text(), nullable=True),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["organizations.slug"], name=op.f("fk_people_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("credential", name=op.f("uq_people_credential")),
        sa.UniqueConstraint("enrol_digest", name=op.f("uq_people_enrol_digest")),
    )
    op.create_index(op.f("ix_people_slug"), "people", ["slug"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("job_kind", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_referrals_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin"], ["organizations.slug"], name=op.f("fk_referrals_origin")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_referrals_token_digest")),
    )
    op.create_index(op.f("ix_referrals_candidate_id"), "referrals", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_referrals_origin"), "referrals", ["origin"], unique=False)
    op.create_index(op.f("ix_referrals_state"), "referrals", ["state"], unique=False)
    op.create_table(
        "resolutions",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_resolutions_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_resolutions")),
    )
    op.create_index(op.f("ix_resolutions_period"), "resolutions", ["period"], unique=False)
    op.create_table(
        "tellings",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["slug"], ["organizations.slug"], name=op.f("fk_tellings_slug")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_tellings")),
    )
    op.create_index(op.f("ix_tellings_slug"), "tellings", ["slug"], unique=False)
    op.create_table(
        "terms",
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_terms_candidate_id")
        ),
        sa.PrimaryKeyConstraint("lot", name=op.f("pk_terms")),
    )
    op.create_index(op.f("ix_terms_candidate_id"), "terms", ["candidate_id"], unique=False)
    op.create_table(
        "transfer_facts",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_transfer_facts_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_facts_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer_facts")),
    )
    op.create_index(
        op.f("ix_transfer_facts_candidate_id"), "transfer_facts", ["candidate_id"], unique=False
    )
    op.create_table(
        "vacancies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["organizations.slug"], name=op.f("fk_vacancies_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancies")),
    )
    op.create_index(op.f("ix_vacancies_agency"), "vacancies", ["agency"], unique=False)
    op.create_table(
        "consents",
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("modules", sa.Text(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_consents_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_consents_referral_id")
        ),
        sa.PrimaryKeyConstraint("attestation_id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_candidate_id"), "consents", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_consents_id"), "consents", ["id"], unique=False)
    op.create_index(op.f("ix_consents_referral_id"), "consents", ["referral_id"], unique=False)
    op.create_table(
        "pending_acts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("attestation", sa.LargeBinary(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["people.id"], name=op.f("fk_pending_acts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_acts")),
    )
    op.create_index(op.f("ix_pending_acts_user_id"), "pending_acts", ["user_id"], unique=False)
    op.create_table(
        "profiles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("job_kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_form", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_added", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_listed", sa.LargeBinary(), nullable=True),
        sa.Column("class_key", sa.LargeBinary(), nullable=True),
        sa.Column("by_exception", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_profiles_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_profiles_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_profiles_referral_id")),
    )
    op.create_index(op.f("ix_profiles_candidate_id"), "profiles", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_profiles_class_key"), "profiles", ["class_key"], unique=False)
    op.create_index(op.f("ix_profiles_state"), "profiles", ["state"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Text(), nullable=False),
        sa.Column("pairwise_id", sa.Text(), nullable=False),
        sa.Column("job_kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("claim_attestation", sa.Text(), nullable=False),
        sa.Column("bound_attestation", sa.Text(), nullable=False),
        sa.Column("approval_attestation", sa.Text(), nullable=True),
        sa.Column("release_attestation", sa.Text(), nullable=True),
        sa.Column("receipt_attestation", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agency"], ["organizations.slug"], name=op.f("fk_claims_agency")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_claims_candidate_id")
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"], name=op.f("fk_claims_profile_id")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_claims_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_claims_vacancy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_agency"), "claims", ["agency"], unique=False)
    op.create_index(op.f("ix_claims_candidate_id"), "claims", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_claims_profile_id"), "claims", ["profile_id"], unique=False)
    op.create_index(op.f("ix_claims_referral_id"), "claims", ["referral_id"], unique=False)
    op.create_index(op.f("ix_claims_state"), "claims", ["state"], unique=False)
    op.create_index(
        "one_live_claim",
        "claims",
        ["profile_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "pairwise_ids",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["organizations.slug"], name=op.f("fk_pairwise_ids_agency")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profiles.id"], name=op.f("fk_pairwise_ids_profile_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairwise_ids")),
        sa.UniqueConstraint("profile_id", "agency", name=op.f("uq_pairwise_ids_profile_id")),
    )
    op.create_table(
        "envelopes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency"], ["organizations.slug"], name=op.f("fk_envelopes_agency")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_envelopes_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelopes")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_envelopes_claim_id")),
    )
    op.create_index(op.f("ix_envelopes_agency"), "envelopes", ["agency"], unique=False)
    op.create_table(
        "introductions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("hirer", sa.Text(), nullable=False),
        sa.Column("job_kind", sa.Text(), nullable=False),
        sa.Column("introduced_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("attestation_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["organizations.slug"], name=op.f("fk_introductions_agency")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_introductions_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_introductions_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_introductions_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(op.f("ix_introductions_agency"), "introductions", ["agency"], unique=False)
    op.create_index(
        op.f("ix_introductions_candidate_id"), "introductions", ["candidate_id"], unique=False
    )
    op.create_index(op.f("ix_introductions_claim_id"), "introductions", ["claim_id"], unique=False)
    op.create_index(op.f("ix_introductions_hirer"), "introductions", ["hirer"], unique=False)
    op.create_index(
        op.f("ix_introductions_referral_id"), "introductions", ["referral_id"], unique=False
    )
    op.create_table(
        "hires",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("introduction_id", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.Text(), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("hirer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("start_attestation", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["organizations.slug"], name=op.f("fk_hires_agency")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_hires_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introductions.id"], name=op.f("fk_hires_introduction_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name=op.f("fk_hires_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hires")),
        sa.UniqueConstraint("introduction_id", name=op.f("uq_hires_introduction_id")),
    )
    op.create_index(op.f("ix_hires_agency"), "hires", ["agency"], unique=False)
    op.create_index(op.f("ix_hires_candidate_id"), "hires", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_hires_hirer"), "hires", ["hirer"], unique=False)
    op.create_index(op.f("ix_hires_referral_id"), "hires", ["referral_id"], unique=False)
