// What a form holds, read so that one which cannot be read is its sender's fault, and not ours.
import { HTTPException } from "hono/http-exception";

/**
 * @param reading as `parseBody` of the request gives it
 * @throws HTTPException 400 where the body is no form, such as one that was cut short
 */
export const readForm = <Form>(reading: Promise<Form>): Promise<Form> =>
  reading.catch((error: unknown) => {
    throw new HTTPException(400, { message: "The form cannot be read.", cause: error });
  });
