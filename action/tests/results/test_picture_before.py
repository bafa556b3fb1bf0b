from rehearsal.results.browser_steps import END, TraceStep
from rehearsal.results.picture_before import NO_PICTURE, PictureBefore, picture_before


def step(text: str, picture: str = "", *, browser: int = 1, is_look: bool = False) -> TraceStep:
    return TraceStep(
        start=1.5, seconds=0.0, text=text, picture=picture, browser=browser, is_look=is_look
    )


def before(*steps: TraceStep) -> PictureBefore:
    return picture_before(steps, {"1.jpg", "2.jpg"}, "tests/t")


def test_picture_before__of_the_step_before_the_last_act() -> None:
    assert before(
        step("go", "1.jpg"),
        step("type"),
        step("other", "2.jpg", browser=2),
        step("click", "2.jpg"),
        step("looked", is_look=True),
        step(END),
        step(END, browser=2),
    ) == PictureBefore(path="tests/t/1.jpg", step="go", start=1.5)


def test_picture_before__there_may_be_none() -> None:
    for steps in (
        (),
        (step(END),),
        (step("looked", "1.jpg", is_look=True),),
        (step("click", "1.jpg"), step("looked", is_look=True)),
        (step("go", "gone.jpg"), step("click")),
        (step("go", "1.jpg", browser=2), step("click")),
    ):
        assert before(*steps) == NO_PICTURE
