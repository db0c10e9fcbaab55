from backend.migrate import MIGRATIONS, pending


def test_migrations_are_numbered_without_gaps():
    numbers = [int(path.name.split("_")[0]) for path in sorted(MIGRATIONS.glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_applied_migrations_are_not_pending():
    names = [path.stem for path in pending(set())]
    assert [path.stem for path in pending({names[0]})] == names[1:]
    assert pending(set(names)) == []
