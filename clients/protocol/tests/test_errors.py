import inspect

from relay_protocol import errors


def refusals() -> list[type[object]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


def test_every_refusal_is_a_protocol_error() -> None:
    assert all(issubclass(kind, errors.ProtocolError) for kind in refusals())


def test_no_refusal_is_taken_for_a_fault_of_ours() -> None:
    ours = (ValueError, LookupError, TypeError, OSError, ArithmeticError)
    assert not any(issubclass(kind, ours) for kind in refusals())


def test_every_refusal_says_in_one_sentence_what_it_is() -> None:
    for kind in refusals():
        assert kind.__doc__ is not None
        assert kind.__doc__.count(".") == 1
        assert kind.__doc__.endswith(".")


def test_a_false_signature_is_a_refused_attestation() -> None:
    assert issubclass(errors.SignatureError, errors.AttestationError)


def test_a_missing_part_of_a_log_is_one_that_cannot_be_read() -> None:
    assert issubclass(errors.LogMissingError, errors.LogReadError)
