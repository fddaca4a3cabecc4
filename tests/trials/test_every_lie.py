"""Every lie that a hub is to be caught at, and the tests in which it is told: none is forgotten."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ACTS, BYTES, MACHINE, READERS, UNCAUGHT = (
    "test_rogue_acts",
    "test_rogue",
    "test_rogue_machine",
    "test_rogue_readers",
    "test_uncaught",
)

LIES: dict[str, tuple[str, ...]] = {
    "drops": (
        f"{BYTES}::test_an_entry_that_is_dropped_is_missed_by_who_saw_it",
        f"{BYTES}::test_an_entry_that_is_dropped_is_missed_by_what_followed_from_it",
        f"{BYTES}::test_a_hole_is_seen_without_any_history",
        f"{READERS}::test_a_receipt_and_a_ledger_without_its_act_convict",
        f"{READERS}::test_an_act_that_is_taken_and_never_entered_is_an_alarm_after_a_day",
    ),
    "reorders": (f"{BYTES}::test_entries_in_another_order_are_found_out",),
    "edits": (
        f"{BYTES}::test_an_entry_that_says_something_else_is_found_out",
        f"{BYTES}::test_an_entry_that_is_edited_alone_does_not_fit_its_neighbours",
        f"{BYTES}::test_an_entry_that_was_signed_otherwise_is_found_out",
        f"{BYTES}::test_a_fact_is_not_exchanged_for_another",
        f"{MACHINE}::test_an_entry_that_is_changed_in_the_database_is_found",
    ),
    "backdates": (
        f"{BYTES}::test_an_act_that_is_backdated_does_not_fit_its_day",
        f"{BYTES}::test_an_entry_that_is_backdated_lies_before_the_last",
        f"{BYTES}::test_what_is_slipped_into_the_past_is_found_by_who_saw_the_past",
        f"{UNCAUGHT}::test_the_hour_of_what_the_hub_records_is_its_own_word",
    ),
    "runs ahead of the time": (
        f"{BYTES}::test_a_hub_that_runs_ahead_of_the_time_is_refused_by_who_has_a_clock",
    ),
    "forks": (
        f"{BYTES}::test_a_pack_of_another_history_than_the_ledger_is_refused",
        f"{MACHINE}::test_a_past_that_is_put_back_and_goes_on_otherwise_is_a_second_history",
        f"{READERS}::test_a_second_history_is_refused_with_422",
        f"{READERS}::test_two_entries_at_one_place_convict",
        f"{READERS}::test_another_history_is_an_alarm_with_evidence",
        f"{READERS}::test_a_receipt_from_another_history_is_an_alarm",
        f"{READERS}::test_another_history_is_not_believed",
    ),
    "shrinks": (
        f"{BYTES}::test_a_ledger_that_shrinks_is_refused",
        f"{READERS}::test_a_log_that_has_shrunk_is_refused_with_409_and_the_size_it_had",
        f"{READERS}::test_a_ledger_that_has_shrunk_is_an_alarm",
    ),
    "re-signs": (
        f"{BYTES}::test_an_old_size_is_signed_again_with_another_root",
        f"{READERS}::test_a_second_root_of_one_size_is_refused_and_proved",
        f"{READERS}::test_two_roots_of_one_size_convict",
    ),
    "smuggles trailing entries": (
        f"{BYTES}::test_entries_behind_the_last_one_are_refused",
        f"{BYTES}::test_an_older_partial_bundle_that_tells_another_story_is_refused",
        f"{BYTES}::test_a_file_beyond_what_was_signed_is_refused",
    ),
    "smuggles tile bytes": (
        f"{BYTES}::test_bytes_behind_a_tile_are_refused",
        f"{BYTES}::test_a_tile_of_another_tree_is_refused",
        f"{BYTES}::test_a_file_that_is_no_part_of_a_ledger_is_refused",
    ),
    "withholds reveals": (
        f"{BYTES}::test_a_reveal_that_is_withheld_is_missed",
        f"{BYTES}::test_a_reveal_is_not_withheld_from_one_pack_alone",
        f"{BYTES}::test_what_was_open_and_is_closed_now_is_named",
    ),
    "closes reveals it did not count": (
        f"{BYTES}::test_reveals_that_are_closed_and_not_counted_are_missed",
        f"{BYTES}::test_more_that_are_counted_than_closed_are_refused",
        f"{BYTES}::test_what_is_closed_does_not_come_back_as_something_else",
    ),
    "releases without approval": (
        f"{ACTS}::test_what_may_not_be_done_is_refused_where_it_was",
        f"{ACTS}::test_a_release_is_not_forged_for_want_of_an_approval",
    ),
    "enters one attestation twice": (
        f"{ACTS}::test_an_attestation_is_not_entered_twice",
        f"{ACTS}::test_an_attestation_is_not_entered_twice_beyond_what_an_auditor_has_gone_through",
    ),
    "pays a slot twice": (
        f"{ACTS}::test_what_is_moved_is_what_follows_from_the_facts",
        f"{ACTS}::test_what_is_moved_after_a_month_was_settled_is_refused",
    ),
    "moves points that nobody earned": (
        f"{ACTS}::test_what_is_moved_is_what_follows_from_the_facts",
        f"{ACTS}::test_statements_that_say_something_else_are_refused",
        f"{ACTS}::test_statements_of_a_month_whose_facts_were_erased_since_are_held_against_the_rest",
        f"{ACTS}::test_a_month_settled_from_another_ledger_is_refused",
    ),
    "uses a revoked key": (
        f"{ACTS}::test_a_key_that_was_revoked_signs_nothing_more",
        f"{ACTS}::test_a_key_that_was_revoked_registers_no_other",
    ),
    "uses a foreign key": (
        f"{ACTS}::test_an_act_of_an_organization_is_not_forged",
        f"{ACTS}::test_an_act_that_everybody_may_read_is_not_forged_either",
        f"{ACTS}::test_the_hubs_own_key_is_no_organizations",
        f"{ACTS}::test_an_organization_does_not_act_for_another",
    ),
    "uses a person's signature for something else": (
        f"{ACTS}::test_a_persons_signature_serves_no_other_act",
        f"{ACTS}::test_a_person_signs_for_this_site_alone",
    ),
    "admits an organization with nobody's co-signature": (
        f"{ACTS}::test_an_organization_that_nobody_cosigned_stays_without_rights",
        f"{ACTS}::test_a_hub_cannot_cosign_whom_it_admits",
    ),
    "swaps an agency's sealing key": (
        f"{ACTS}::test_a_sealing_key_that_an_agency_never_registered_cannot_be_registered_for_it",
        f"{ACTS}::test_an_origin_that_is_handed_a_swapped_key_leaves_it_in_its_own_act",
        f"{READERS}::test_a_sealing_key_that_the_hub_has_swapped_is_not_believed",
        f"{READERS}::test_a_sealing_key_signed_by_a_stolen_key_waits_for_a_day",
    ),
    "keeps a revocation from a client": (
        f"{ACTS}::test_a_revocation_that_an_origin_was_not_shown_is_found_by_what_it_has_sealed",
        f"{READERS}::test_a_client_is_not_shown_what_the_hub_leaves_out",
    ),
    "names a key of the log that nobody registered": (
        f"{BYTES}::test_a_checkpoint_signed_by_another_key_is_refused",
        f"{BYTES}::test_a_key_of_the_log_that_the_ledger_does_not_name_is_refused",
        f"{BYTES}::test_a_key_that_nobody_registered_is_no_successor",
        f"{BYTES}::test_a_key_that_was_revoked_signs_no_checkpoint_more",
        f"{READERS}::test_a_key_of_the_log_that_nobody_knows_is_not_believed",
    ),
    "lets one party confirm its own hire": (
        f"{ACTS}::test_what_may_not_be_done_is_refused_where_it_was",
        f"{ACTS}::test_a_confirmation_is_not_forged",
    ),
    "goes on after a withdrawal": (f"{ACTS}::test_what_may_not_be_done_is_refused_where_it_was",),
    "lets a second claim be open": (
        f"{ACTS}::test_a_second_claim_on_a_profile_is_refused",
        f"{ACTS}::test_a_claim_of_which_the_hub_does_not_say_whom_it_is_about_is_refused",
    ),
    "gives a client the receipt of another act": (
        f"{READERS}::test_the_receipt_of_another_act_is_an_alarm",
    ),
    "gives a receipt that reveals something else than was sent": (
        f"{READERS}::test_a_receipt_whose_reveal_is_not_what_was_sent_is_an_alarm",
        f"{READERS}::test_an_act_entered_otherwise_than_it_was_sent_is_an_alarm",
    ),
    "shows a checkpoint without a quorum": (
        f"{BYTES}::test_a_checkpoint_without_a_quorum_is_refused",
        f"{BYTES}::test_witnesses_of_the_hubs_own_count_for_nothing",
        f"{BYTES}::test_a_checkpoint_that_witnesses_saw_long_ago_is_not_the_ledger_as_it_is_now",
    ),
    "forges a consent": (f"{UNCAUGHT}::test_an_audit_does_not_refuse_it_and_says_that_it_cannot",),
}
"""What a dishonest hub may try, and where it is played."""


def played_in(room: str) -> set[str]:
    """Return the tests of a file, `room::name` each."""
    tree = ast.parse((HERE / f"{room}.py").read_text("utf-8"))
    return {
        f"{room}::{node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("lie", LIES)
def test_every_lie_is_told_somewhere(lie: str) -> None:
    played = set().union(*map(played_in, (ACTS, BYTES, MACHINE, READERS, UNCAUGHT)))
    assert LIES[lie]
    assert set(LIES[lie]) <= played


def test_every_refusal_of_a_lie_has_its_place_here() -> None:
    named = {test for tests in LIES.values() for test in tests}
    honest = {
        f"{BYTES}::test_a_hub_that_has_not_lied_is_found_sound",
        f"{BYTES}::test_a_checkpoint_that_enough_witnesses_have_seen_is_taken",
        f"{BYTES}::test_what_the_auditor_remembers_is_as_good_as_a_checkpoint_it_brings",
        f"{BYTES}::test_a_demo_s_clock_may_run_ahead_and_without_a_clock_nobody_can_tell",
        f"{MACHINE}::test_a_machine_that_nobody_tampered_with_goes_on",
        f"{READERS}::test_one_history_is_cosigned_as_it_grows",
        f"{READERS}::test_one_honest_history_convicts_nobody",
        f"{READERS}::test_a_ledger_that_grows_is_all_right",
        f"{READERS}::test_a_true_receipt_is_kept",
        f"{READERS}::test_a_key_that_the_agency_has_registered_is_sealed_to",
    }
    assert (
        set().union(*map(played_in, (ACTS, BYTES, MACHINE, READERS)))
        == {one for one in named if not one.startswith(UNCAUGHT)} | honest
    )
